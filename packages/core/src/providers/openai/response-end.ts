import type { Failure } from '../../failure.ts'
import { isRecord, type Json } from '../../json.ts'
import type { FinishReason } from '../../operations/chat/chat.ts'
import { badReply } from '../bad-reply.ts'
import { BROKE_OFF, meaningOf } from '../finish-words.ts'
import { brokeOff, classifyErrorObject } from '../openai-compatible/classify.ts'
import { declined } from '../translated/declined.ts'

/** What a response has had in it. */
export interface SaidSoFar {
  readonly words: boolean
  readonly calls: boolean
}

/** How a response ended: for a reason that chat has, or badly. */
export type ResponseEnd = { readonly finishReason: FinishReason } | { readonly failure: Failure }

/**
 * Reads the end of a response that will not change any more.
 *
 * https://platform.openai.com/docs/api-reference/responses/object
 */
export function readEnd(response: Json, said: SaidSoFar): ResponseEnd {
  const { status = 'completed', error, incomplete_details: details } = response
  if (isRecord(error)) return { failure: failureOf(error) }
  switch (status) {
    case 'completed':
      return { finishReason: said.calls ? 'tool_calls' : 'stop' }
    case 'incomplete':
      return cutShort(isRecord(details) ? details['reason'] : undefined, said)
    case 'failed':
    case 'cancelled':
      return { failure: brokeOff }
    default:
      return { failure: badReply('sent an answer that is not finished') }
  }
}

function cutShort(reason: unknown, said: SaidSoFar): ResponseEnd {
  const finishReason = typeof reason === 'string' ? (meaningOf(reason) ?? 'length') : 'length'
  if (finishReason === BROKE_OFF) return { failure: brokeOff }
  if (finishReason === 'content_filter' && !said.words && !said.calls) return { failure: declined }
  return { finishReason }
}

/** The few codes of a response's error that speak of the request: https://platform.openai.com/docs/api-reference/responses/object */
const ABOUT_THE_REQUEST = /^(?:invalid_|image_|empty_image|failed_to_download_image|unsupported_image)/

/** What the error of a response, or of a stream, means. It has a code, and seldom a type. */
export function failureOf(error: Json): Failure {
  const { code, type } = error
  const isPlain = typeof type !== 'string' || type === 'error'
  if (!isPlain) return classifyErrorObject(error)
  const isCallers = typeof code === 'string' && ABOUT_THE_REQUEST.test(code)
  return classifyErrorObject({ ...error, type: isCallers ? 'invalid_request_error' : 'server_error' })
}
