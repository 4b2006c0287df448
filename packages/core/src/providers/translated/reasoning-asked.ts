import { isRecord } from '../../json.ts'

/** How hard to think, from not at all to as hard as the model can. */
export type Effort = (typeof efforts)[number]

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** What a request wants of the model's reasoning. */
export interface ReasoningAsked {
  readonly effort: Effort
  /** How many tokens it may think, where the request says it in tokens. */
  readonly budget?: number
}

/**
 * Reads `reasoning_effort`, and `thinking` as Anthropic and DeepSeek spell it, which says more and so comes first.
 *
 * @returns `undefined` when neither says anything that can be understood.
 */
export function reasoningAsked(request: Readonly<Record<string, unknown>>): ReasoningAsked | undefined {
  const { thinking, reasoning_effort: word } = request
  const effort = efforts.find((known) => known === word)
  if (!isRecord(thinking)) return effort === undefined ? undefined : { effort }
  if (thinking['type'] === 'disabled') return { effort: 'none' }
  if (thinking['type'] !== 'enabled' && thinking['type'] !== 'adaptive') return effort && { effort }
  const budget = thinking['budget_tokens']
  return {
    effort: effort ?? 'medium',
    ...(typeof budget === 'number' && Number.isSafeInteger(budget) && budget > 0 && { budget }),
  }
}

/** The fields by which a request speaks of reasoning. */
export const reasoningFields = ['reasoning_effort', 'thinking'] as const
