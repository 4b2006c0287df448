import { isRecord, type Json } from '../../json.ts'
import type { Effort, ReasoningAsked } from '../translated/reasoning-asked.ts'
import type { ClaudeFamily } from './claude-family.ts'
import { thinkingBlocksIn } from './thinking-blocks.ts'

/** How a model is asked to think, and whether that is what the caller wanted. */
export interface Thinking {
  readonly sends: { readonly type: string; readonly [field: string]: unknown } | undefined
  readonly effort: string | undefined
  /** `false`: the effort asked for is dropped. */
  readonly granted: boolean
}

/** Tokens to think for models that count them. */
const budgets: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
}

/** The least that Anthropic takes. */
const LEAST_BUDGET = 1024

const notSaid: Thinking = { sends: undefined, effort: undefined, granted: true }
const refused: Thinking = { ...notSaid, granted: false }

/**
 * The reasoning a request asks for, as far as the model and the rest of the request allow.
 *
 * @param maxTokens of the answer, thinking included: at least half is left for what is said.
 */
export function thinkingFor(
  asked: ReasoningAsked | undefined,
  family: ClaudeFamily,
  { maxTokens, request }: { readonly maxTokens: number; readonly request: Json },
): Thinking {
  if (asked === undefined) return notSaid
  const { effort } = asked
  switch (family.thinks) {
    case 'never':
      return effort === 'none' ? notSaid : refused
    case 'always':
      return effort === 'none' ? { ...refused, effort: 'low' } : adaptive(effort, family, request)
    case 'by_effort':
      return effort === 'none' ? disabled : adaptive(effort, family, request)
    case 'by_budget': {
      if (effort === 'none') return disabled
      const budget = Math.min(asked.budget ?? budgets[effort], Math.floor(maxTokens / 2))
      if (budget < LEAST_BUDGET || forcesTool(request) || continuesWithoutThoughts(request['messages'])) return refused
      return { ...notSaid, sends: { type: 'enabled', budget_tokens: budget } }
    }
  }
}

const disabled: Thinking = { ...notSaid, sends: { type: 'disabled' } }

function adaptive(effort: Exclude<Effort, 'none'>, { utmostEffort }: ClaudeFamily, request: Json): Thinking {
  const word = effort === 'minimal' ? 'low' : effort === 'xhigh' ? utmostEffort : effort
  // Unless asked for, newer models keep the words of their thoughts to themselves.
  const sends = forcesTool(request) ? undefined : { type: 'adaptive', display: 'summarized' }
  return { sends, effort: word, granted: true }
}

/** A model that must call a tool cannot think about it first. */
function forcesTool({ tool_choice: choice }: Json): boolean {
  if (choice === 'required') return true
  if (!isRecord(choice)) return false
  const allowed = choice['allowed_tools']
  return choice['type'] === 'function' || (isRecord(allowed) && allowed['mode'] === 'required')
}

/**
 * Whether the model would go on from a tool call of its own without what it had thought before, which only a caller can
 * bring back: the older models refuse to think then.
 */
function continuesWithoutThoughts(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false
  const from = messages.findLastIndex((message: unknown) => isRecord(message) && message['role'] === 'user')
  return messages
    .slice(from + 1)
    .some(
      (message: unknown) =>
        isRecord(message) && Array.isArray(message['tool_calls']) && thinkingBlocksIn(message).length === 0,
    )
}
