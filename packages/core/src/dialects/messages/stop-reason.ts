import type { Json } from '../../json.ts'
import type { StopReason } from './shapes.ts'

/** Why an answer ended, by chat's word for it. */
const reasons: Readonly<Record<string, StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
  budget_exhausted: 'budget_exhausted',
}

/**
 * Anthropic's own words that chat has a wider one for, told by OpenRouter as `native_finish_reason`:
 * https://openrouter.ai/docs/api/reference/overview#finish-reason
 */
const finer: Readonly<Record<string, StopReason>> = {
  pause_turn: 'end_turn',
  stop_sequence: 'end_turn',
  model_context_window_exceeded: 'max_tokens',
}

/** How a message says that it ended. */
export interface Stop {
  stop_reason: StopReason
  /** The text at which it stopped, where the caller has set one and the upstream tells. */
  stop_sequence: string | null
}

/**
 * How a choice of chat ended.
 *
 * @param stops the texts at which the caller wants the answer to end.
 * @param called whether a tool was called, which is for the caller to see to whatever word there is.
 */
export function stopOf(choice: Json, stops: readonly string[], called: boolean): Stop {
  const { finish_reason: finish, native_finish_reason: native } = choice
  const reason = own(reasons, finish) ?? 'end_turn'
  if (called && reason === 'end_turn') return { stop_reason: 'tool_use', stop_sequence: null }
  const text = reason === 'end_turn' ? TELLS_TEXT.map((field) => choice[field]).find(isIn(stops)) : undefined
  if (text !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: text }
  const isFiner = own(finer, native) === reason
  return { stop_reason: isFiner ? (native as StopReason) : reason, stop_sequence: null }
}

/**
 * Where servers tell at which text they stopped: vLLM, which has the number of a token there as well
 * (https://docs.vllm.ai, `ChatCompletionResponseChoice`), and SGLang (https://docs.sglang.ai, `matched_stop`).
 */
const TELLS_TEXT = ['stop_reason', 'matched_stop'] as const

const isIn =
  (texts: readonly string[]) =>
  (value: unknown): value is string =>
    typeof value === 'string' && texts.includes(value)

/** A stranger's word may be the name of something every object has. */
const own = (table: Readonly<Record<string, StopReason>>, word: unknown): StopReason | undefined =>
  typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : undefined
