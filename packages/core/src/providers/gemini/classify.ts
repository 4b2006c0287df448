import type { Failure } from '../../failure.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { isRecord, type Json } from '../../json.ts'
import { classifyErrorObject, classifyReply } from '../openai-compatible/classify.ts'
import type { Reply } from '../provider.ts'

/** No error of Google's is longer. */
const MAX_ERROR_BYTES = 64 * 1024
const DAY_MS = 86_400_000

/** What a reply of Gemini's that is not a success means. */
export function classifyGeminiReply(reply: Reply): Failure {
  const error = errorOf(reply)
  return error === undefined ? classifyReply(reply) : refine(classifyReply({ ...reply, body: errorBody(error) }), error)
}

/** What an error inside a stream, or in place of an answer, means. */
export const classifyGeminiError = (error: Json): Failure => refine(classifyErrorObject(error), error)

const errorBody = (error: Json): Buffer => Buffer.from(JSON.stringify({ error }))

/** The error object, which comes alone or as the only item of a list. */
function errorOf({ body }: Reply): Json | undefined {
  if (body.length > MAX_ERROR_BYTES) return undefined
  try {
    const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
    const only: unknown = Array.isArray(value) ? value[0] : value
    return isRecord(only) && isRecord(only['error']) ? only['error'] : undefined
  } catch {
    return undefined
  }
}

/** Google says in words and details what its status does not. */
function refine(failure: Failure, error: Json): Failure {
  const { class: failureClass, status } = failure
  const words = typeof error['message'] === 'string' ? error['message'].slice(0, 2000) : ''
  const details = Array.isArray(error['details']) ? error['details'].filter(isRecord) : []
  if (status === 429) {
    // Its words are the same for a minute's limit and for a day's.
    const spent = SPENT.test(JSON.stringify(details).slice(0, MAX_ERROR_BYTES) + words)
    return {
      ...failure,
      class: spent ? 'quota' : 'rate_limit',
      message: spent ? "the gateway's account is out of credit" : 'is rate limiting the gateway',
      retryAfterMs: failure.retryAfterMs ?? delayIn(details),
    }
  }
  if (failureClass !== 'caller_fault') return failure
  // The account's country, or its billing.
  if (error['status'] === 'FAILED_PRECONDITION') return ofOperator(failure, "does not serve the gateway's account")
  return failure
}

/** No waiting helps: a day's quota is gone, there is none, or what was paid for in advance is used up. */
const SPENT = /"quotaId":"[^"]*PerDay|limit: 0\b|credits are depleted/

const ofOperator = (failure: Failure, message: string): Failure => ({
  ...failure,
  class: 'credential',
  message,
  quote: undefined,
  param: undefined,
})

/** How long Google asks to wait: `"retryDelay":"34.4s"`. */
function delayIn(details: readonly Json[]): number | undefined {
  const delay = details.map(({ retryDelay }) => retryDelay).find((value) => typeof value === 'string')
  const seconds = typeof delay === 'string' ? /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(delay)?.[1] : undefined
  const ms = seconds === undefined ? Infinity : Math.round(Number(seconds) * 1000)
  return ms <= DAY_MS ? ms : undefined
}
