import type { FinishReason } from '../../wire/chat.ts'

/** Why a choice ended; `undefined` while it has not. Some upstreams send an empty string until then. */
export function finishReasonOf(choice: Readonly<Record<string, unknown>>): FinishReason | undefined {
  const reason = choice['finish_reason']
  return typeof reason === 'string' && reason !== '' ? reason : undefined
}

/** Whether an upstream says by its finish reason that it broke. */
export const saysFailed = (reason: FinishReason | undefined): boolean => FAILED.has(reason)

const FAILED = new Set<unknown>(['error', 'insufficient_system_resource'])
