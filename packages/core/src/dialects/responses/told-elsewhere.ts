import { isRecord } from '../../json.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import { writeBody, type WriteJson } from '../../wire/write-body.ts'
import type { ResponseInputItem, ResponsesRequest } from './shapes.ts'

type Sent = Pick<NativeRequest, 'body' | 'scan'>

/**
 * A conversation that was kept here, as a target is told it that keeps responses itself: without ids, which it would look for and not find,
 * and without reasoning that it cannot read.
 */
export function toldElsewhere(request: ResponsesRequest, sent: Sent, write?: WriteJson): Sent {
  const { input } = request
  if (!Array.isArray(input)) return sent
  return writeBody({ ...request, input: input.filter(isReadable).map(withoutId) }, write)
}

const isReadable = (item: unknown): boolean =>
  !isRecord(item) || item['type'] !== 'reasoning' || typeof item['encrypted_content'] === 'string'

/** Reasoning that can be read goes with its id, and so does what only an id makes whole. */
function withoutId(item: ResponseInputItem): ResponseInputItem {
  if (!isRecord(item) || !NEEDS_NO_ID.has(String(item['type'] ?? 'message'))) return item
  const { id: _id, ...rest } = item
  return rest as ResponseInputItem
}

const NEEDS_NO_ID = new Set(['message', 'function_call', 'function_call_output'])
