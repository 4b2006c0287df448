import type { ErrorCode } from '../../errors.ts'
import type { Failure, FailureClass } from '../../failure.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { isRecord } from '../../json.ts'
import { findErrorWords, type ErrorSaid } from '../find-error-words.ts'
import type { Reply } from '../provider.ts'
import { parseRetryAfter } from '../retry-after.ts'

interface StatusRow {
  readonly class: FailureClass
  /** Whether the upstream may have done the work, and charge for it, before it failed. */
  readonly mayBeBilled?: true
  readonly says: string
  /** A closer code for the caller than the class has. */
  readonly code?: ErrorCode
}

const byStatus: Readonly<Record<number, StatusRow>> = {
  400: { class: 'caller_fault', says: 'refused the request' },
  401: { class: 'credential', says: "refused the gateway's key" },
  402: { class: 'quota', says: "the gateway's account is out of credit" },
  403: { class: 'credential', says: "refused the gateway's key" },
  404: { class: 'model_unavailable', says: 'does not serve this model' },
  408: { class: 'timeout', mayBeBilled: true, says: 'timed out' },
  409: { class: 'transient', says: 'reported a conflict' },
  410: { class: 'model_unavailable', says: 'no longer serves this model' },
  413: { class: 'caller_fault', says: 'refused the request as too large' },
  422: { class: 'caller_fault', says: 'refused the request' },
  424: { class: 'transient', mayBeBilled: true, says: 'could not finish the answer' },
  425: { class: 'transient', says: 'wants to be asked later' },
  429: { class: 'rate_limit', says: 'is rate limiting the gateway' },
  451: { class: 'content_policy', says: 'declined the content' },
  500: { class: 'transient', mayBeBilled: true, says: 'had an internal error' },
  502: { class: 'transient', mayBeBilled: true, says: 'had a bad gateway' },
  503: { class: 'transient', says: 'is unavailable' },
  504: { class: 'transient', mayBeBilled: true, says: 'timed out internally' },
  508: { class: 'model_unavailable', code: 'gateway_loop', says: 'leads back to this gateway; check its base_url' },
  529: { class: 'transient', says: 'is overloaded' },
}

const strangeSuccess: StatusRow = { class: 'unknown', mayBeBilled: true, says: 'gave a reply that is not an answer' }
const redirect: StatusRow = { class: 'unknown', says: 'answered with a redirect, which is not followed' }
const otherClientError: StatusRow = { class: 'unknown', says: 'refused the request' }
const otherServerError: StatusRow = { class: 'transient', mayBeBilled: true, says: 'had an error' }

/** Classes that words may refine, and into what. "Too many tokens" at a rate limit says nothing about the prompt. */
const refinedBy: Partial<Record<FailureClass, ReadonlySet<FailureClass>>> = {
  caller_fault: new Set([
    'quota',
    'credential',
    'content_policy',
    'context_window',
    'model_unavailable',
    'unfit',
    'rate_limit',
  ]),
  unknown: new Set(['quota', 'credential', 'content_policy', 'context_window', 'model_unavailable', 'unfit']),
  transient: new Set([
    'quota',
    'credential',
    'content_policy',
    'context_window',
    'model_unavailable',
    'unfit',
    'rate_limit',
  ]),
  rate_limit: new Set(['quota']),
  // A 403 may be about the account, the content or the model as well: the key stays good for others.
  credential: new Set(['quota', 'content_policy', 'model_unavailable']),
}

/** What happened, where the words of an error tell it and its status does not. */
const saysOf: Partial<Record<FailureClass, string>> = {
  quota: "the gateway's account is out of credit",
  credential: "refused the gateway's key",
  model_unavailable: 'does not serve this model',
  content_policy: 'declined the content',
  rate_limit: 'is rate limiting the gateway',
}

/** What a reply of an OpenAI-compatible upstream that is not a success means. */
export function classifyReply(reply: Reply): Failure {
  const row = byStatus[reply.status] ?? rowOf(reply.status)
  const error = readError(asBuffer(reply.body).toString('utf8', 0, MAX_ERROR_BYTES))
  const failure = failureOf(row, error, reply.status, parseRetryAfter(reply.headers))
  return reply.headers['x-should-retry'] === 'false' ? { ...failure, isFinal: true } : failure
}

/** The status that a type of error has, for errors that come without one: inside a success, or a stream. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  badrequesterror: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  notfounderror: 404,
  request_too_large: 413,
  validation: 422,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

/** What an error object inside a reply that had begun as a success means. */
export function classifyErrorObject(value: unknown): Failure {
  const error = errorFields(value)
  const type = error.type?.toLowerCase() ?? ''
  const ofType = Object.hasOwn(statusOfType, type) ? statusOfType[type] : undefined
  const status = [error.status, Number(error.code)].find((code) => code !== undefined && code in byStatus)
  const known = status ?? ofType
  const row: StatusRow =
    known === undefined
      ? { class: 'transient', mayBeBilled: true, says: 'reported an error' }
      : (byStatus[known] ?? strangeSuccess)
  return failureOf({ ...row, mayBeBilled: true }, error, known, undefined)
}

/** An answer whose finish reason says that the upstream broke. */
export const brokeOff: Failure = { class: 'transient', mayBeBilled: true, message: 'ended its answer with an error' }

const MAX_ERROR_BYTES = 64 * 1024
/** Of the upstream's words, as many are looked at. Looking takes longer than linear time. */
const MAX_WORDS = 2000
const MAX_MESSAGE = 500

function failureOf(
  row: StatusRow,
  error: ErrorFields,
  status: number | undefined,
  retryAfterMs: number | undefined,
): Failure {
  const said = findErrorWords(saidIn(error), refinedBy[row.class] ?? NONE)
  const failureClass = said?.class ?? row.class
  return {
    class: failureClass,
    mayBeBilled: row.mayBeBilled === true,
    message: said === undefined ? row.says : (said.says ?? saysOf[said.class] ?? row.says),
    // Only what the caller can mend is worth the upstream's words; the rest could tell about the operator's account.
    quote: callerCanMend.has(failureClass) && error.message !== undefined ? plain(error.message) : undefined,
    code: row.code,
    status,
    retryAfterMs,
    param: callerCanMend.has(failureClass) ? error.param : undefined,
    cause: [error.code, error.type, error.message, error.behind].filter(Boolean).join(' ').slice(0, MAX_WORDS),
  }
}

const NONE: ReadonlySet<FailureClass> = new Set()

/** What an error says, with what the upstream behind a router has said, and what another hides in its sentence. */
function saidIn({ code, type, codes = [], message, behind, param }: ErrorFields): ErrorSaid {
  const sentences = [message, behind].filter((text) => text !== undefined && text !== '')
  const inner = sentences.flatMap((text) => objectWithin(text?.slice(0, MAX_WORDS) ?? '') ?? [])
  return {
    codes: [code, type, ...codes, ...inner.flatMap((one) => [one.code, one.type])].filter((text) => text !== undefined),
    sentences: [...sentences, ...inner.map((one) => one.message)]
      .filter((text) => text !== undefined)
      .map((text) => text.slice(0, MAX_WORDS)),
    param,
  }
}

/** The error that a gateway on the way has put into its sentence, as JSON. */
function objectWithin(text: string): ErrorFields | undefined {
  const start = text.indexOf('{"')
  if (start === -1) return undefined
  const error = readError(text.slice(start, text.lastIndexOf('}') + 1))
  return error.message === undefined && error.code === undefined ? undefined : error
}

const callerCanMend = new Set<FailureClass>(['caller_fault', 'context_window', 'content_policy', 'unfit'])

function rowOf(status: number): StatusRow {
  if (status < 300) return strangeSuccess
  if (status < 400) return redirect
  return status < 500 ? otherClientError : otherServerError
}

interface ErrorFields {
  readonly message?: string | undefined
  readonly type?: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
  readonly status?: number | undefined
  /** Further codes: of what is behind, and of Google's details. */
  readonly codes?: readonly string[]
  /** What the upstream behind a router said. */
  readonly behind?: string | undefined
}

/** What stands before the error where it is told as an event. */
const AS_EVENT = /^\uFEFF?\s*(?:event:[^\n]*\n)?data:/

/**
 * Error bodies come as `{error:{…}}`, `{error:"…"}`, flat, `{detail:…}`, or as the only item of a list; anything that is not
 * JSON is not looked at.
 */
function readError(text: string): ErrorFields {
  try {
    const value: unknown = JSON.parse(text.replace(AS_EVENT, ''))
    const only: unknown = Array.isArray(value) ? value[0] : value
    if (!isRecord(only)) return {}
    const { error } = only
    // xAI has the code beside the sentence.
    return errorFields(typeof error === 'string' ? { ...only, message: error } : (error ?? only))
  } catch {
    return {}
  }
}

function errorFields(value: unknown): ErrorFields {
  if (typeof value === 'string') return { message: value }
  if (!isRecord(value)) return {}
  const message = sentence(value['message'] ?? value['detail'] ?? value['error'])
  const code = value['code']
  const behind = isRecord(value['metadata']) ? value['metadata'] : {}
  const inner = isRecord(value['innererror']) ? [value['innererror']['code']] : []
  const details = Array.isArray(value['details']) ? value['details'].filter(isRecord) : []
  return {
    message,
    type: [value['type'], value['error_type'], value['__type']].find((type) => typeof type === 'string'),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    codes: [...inner, ...details.map(({ reason }) => reason)].filter((found) => typeof found === 'string'),
    param: typeof value['param'] === 'string' ? value['param'].slice(0, 200) : undefined,
    status: [value['status'], value['http_status_code']].find((status) => typeof status === 'number'),
    behind: [behind['error_type'], behind['raw']].filter((said) => typeof said === 'string').join(' '),
  }
}

/** The upstream's sentence, which validators wrap in lists: `[{ loc, msg }]`, or `{ detail: [{ msg }] }`. */
function sentence(value: unknown, levels = 3): string | undefined {
  if (typeof value === 'string') return value
  if (levels === 0) return undefined
  if (Array.isArray(value)) return sentence(value[0], levels - 1)
  return isRecord(value) ? sentence(value['msg'] ?? value['detail'] ?? value['message'], levels - 1) : undefined
}

/** An upstream's sentence made safe to show: no markup, no line breaks, nothing that looks like a key, not endless. */
function plain(message: string): string {
  return message
    .slice(0, MAX_WORDS)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\b(?:sk|nvapi|pk|key|Bearer)[-_ ][\w*.-]{8,}/gi, '[redacted]')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_MESSAGE)
}
