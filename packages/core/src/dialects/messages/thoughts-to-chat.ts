import type { Json } from '../../json.ts'
import type { ChatExtras, ThoughtField } from '../../operations/chat/chat-extras.ts'
import { isThought } from './blocks.ts'
import { carriedIn, isForeignThought, type CarriedThought } from './foreign-thought.ts'

/** What the thoughts of a turn are in chat: fields of its message, and of its calls by their ids. */
export interface ThoughtsInChat {
  readonly fields: Json
  readonly calls: Readonly<Record<string, Json>>
}

/** The thoughts of a turn, as far as a target takes them back. */
export function thoughtsToChat(blocks: readonly Json[], { thoughts: takes = NONE }: ChatExtras): ThoughtsInChat {
  const fields: Record<string, unknown> = {}
  const calls: Record<string, Json> = {}
  if (takes.length === 0) return { fields, calls }
  for (const block of blocks.filter(isThought)) {
    const { calls: ofCalls, ...kept } = keptOf(block, takes)
    for (const [name, value] of Object.entries(kept)) fields[name] = joined(fields[name], value)
    Object.assign(calls, ofCalls)
  }
  return { fields, calls }
}

/** Whether a thought is lost on a target. One that holds nothing is none. */
export function losesThought(block: Json, { thoughts: takes = NONE }: ChatExtras): boolean {
  if (!isThought(block)) return false
  const holds = Object.keys(keptOf(block, ALL)).some((name) => name !== 'phase')
  return holds && Object.keys(keptOf(block, takes)).length === 0
}

const NONE: readonly ThoughtField[] = []
const ALL: readonly ThoughtField[] = [
  'reasoning_content',
  'reasoning_details',
  'thinking_blocks',
  'extra_content',
  'phase',
]

type Kept = CarriedThought & { readonly reasoning_content?: string }

function keptOf(block: Json, takes: readonly ThoughtField[]): Kept {
  const { thinking: words } = block
  const said =
    typeof words === 'string' && words !== '' && block['type'] === 'thinking' ? { reasoning_content: words } : {}
  const { calls, ...carried } = isForeignThought(block)
    ? (carriedIn(block['signature']) ?? {})
    : { thinking_blocks: [signedPart(block)], calls: undefined }
  const all = Object.entries({ ...said, ...carried })
  return {
    ...Object.fromEntries(all.filter(([name]) => takes.some((field) => field === name))),
    ...(calls !== undefined && takes.includes('extra_content') && { calls }),
  }
}

/** What Anthropic has signed, without marks of the caller's. */
const signedPart = ({ type, thinking, signature, data }: Json): Json =>
  type === 'thinking' ? { type, thinking, signature } : { type, data }

/** Two thoughts of one turn are one in chat. */
function joined(earlier: unknown, later: unknown): unknown {
  if (typeof earlier === 'string' && typeof later === 'string') return `${earlier}\n\n${later}`
  return Array.isArray(earlier) && Array.isArray(later) ? [...(earlier as unknown[]), ...(later as unknown[])] : later
}
