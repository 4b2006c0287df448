import { isRecord, type Json } from '../json.ts'

/**
 * What says that a reply or event is an error although it looks like a success: an `error` that says anything; the whole of
 * it, at vLLM and Mistral; MiniMax's status beside the answer. Some upstreams have an empty `error` beside every answer.
 */
export function errorIn(value: Json): Json | undefined {
  if (value['object'] === 'error') return value
  const { error, base_resp: status } = value
  if (error !== undefined && error !== null && !saysNothing(error)) {
    if (isRecord(error)) return error
    // What stands beside a sentence belongs to it.
    return typeof error === 'string' ? { ...value, error: undefined, message: error } : { message: 'an error' }
  }
  if (!isRecord(status) || status['status_code'] === undefined || saysNothing(status['status_code'])) return undefined
  return { code: status['status_code'], message: status['status_msg'] }
}

/** Whether a choice has an error in it, whatever it calls its end: one that says nothing stands in every choice of some. */
export const tellsError = (choice: Json): boolean =>
  choice['error'] != null && errorIn({ error: choice['error'] }) !== undefined

/** Whether there is nothing in it, or in any of its members. */
function saysNothing(value: unknown, levels = 2): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (typeof value !== 'object' || value === null) return value !== true && (typeof value !== 'number' || value === 0)
  const inner: unknown[] = Object.values(value)
  return inner.length === 0 || (levels > 0 && inner.every((member) => saysNothing(member, levels - 1)))
}
