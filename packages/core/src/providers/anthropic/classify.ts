import type { Failure } from '../../failure.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { classifyErrorObject, classifyReply } from '../openai-compatible/classify.ts'
import type { Reply } from '../provider.ts'

/** The HTTP status that each type of error has, for errors that come inside a stream. */
const statusOf: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

/** What a reply of Anthropic's that is not a success means. */
export const classifyClaudeReply = (reply: Reply): Failure => refine(classifyReply(reply))

/** What an `error` event, or an error in place of an answer, means. */
export function classifyClaudeError(error: unknown): Failure {
  if (!isRecord(error)) return classifyErrorObject(error)
  const status = Object.hasOwn(statusOf, String(error['type'])) ? statusOf[String(error['type'])] : undefined
  return refine(classifyErrorObject({ ...error, status }))
}

/** Some things are told in words only, as if they were the caller's fault. */
function refine(failure: Failure): Failure {
  const { class: failureClass, quote = '' } = failure
  if (failureClass !== 'caller_fault') return failure
  if (/exceeds? context limit/i.test(quote)) return { ...failure, class: 'context_window' }
  if (!/credit balance is too low/i.test(quote)) return failure
  return { ...failure, class: 'quota', message: "the gateway's account is out of credit", quote: undefined }
}
