import type { FinishReason } from '../../wire/chat.ts'

/** OpenAI's words for what upstreams call otherwise. */
const inOpenAIsWords: ReadonlyMap<string, FinishReason> = new Map([
  // Mistral: the model's own limit.
  ['model_length', 'length'],
  // Together and TGI: the model's own end, and a sequence of `stop`.
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
])

/** Why a choice ended; `undefined` while it has not. Some upstreams send an empty string until then. */
export function finishReasonOf(choice: Readonly<Record<string, unknown>>): FinishReason | undefined {
  const reason = choice['finish_reason']
  if (typeof reason !== 'string' || reason === '') return undefined
  return inOpenAIsWords.get(reason) ?? reason
}

/** Whether an upstream says by its finish reason that it broke. */
export const saysFailed = (reason: FinishReason | undefined): boolean => FAILED.has(reason)

const FAILED = new Set<unknown>(['error', 'insufficient_system_resource'])
