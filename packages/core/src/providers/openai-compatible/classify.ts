import type { Failure, FailureClass } from '../../failure.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { asBuffer } from '../../wire/scan-object.ts'
import type { Reply } from '../provider.ts'
import { parseRetryAfter } from '../retry-after.ts'

interface StatusRow {
  readonly class: FailureClass
  /** Whether the upstream may have done the work, and charge for it, before it failed. */
  readonly mayBeBilled?: true
  readonly says: string
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
  429: { class: 'rate_limit', says: 'is rate limiting the gateway' },
  500: { class: 'transient', mayBeBilled: true, says: 'had an internal error' },
  502: { class: 'transient', mayBeBilled: true, says: 'had a bad gateway' },
  503: { class: 'transient', says: 'is unavailable' },
  504: { class: 'transient', mayBeBilled: true, says: 'timed out internally' },
  508: { class: 'model_unavailable', says: 'leads back to this gateway; check its base_url' },
  529: { class: 'transient', says: 'is overloaded' },
}

const strangeSuccess: StatusRow = { class: 'unknown', mayBeBilled: true, says: 'gave a reply that is not an answer' }
const redirect: StatusRow = { class: 'unknown', says: 'answered with a redirect, which is not followed' }
const otherClientError: StatusRow = { class: 'unknown', says: 'refused the request' }
const otherServerError: StatusRow = { class: 'transient', mayBeBilled: true, says: 'had an error' }

/** Codes and words by which upstreams say what their status does not. First match wins. */
const byWords: readonly { readonly words: RegExp; readonly class: FailureClass }[] = [
  {
    words:
      /context[_ ]length|context window|maximum context|too many tokens|prompt is too long|max(?:imum)?_model_len/i,
    class: 'context_window',
  },
  { words: /content[_ ](?:policy|filter)|content_management|responsible_ai/i, class: 'content_policy' },
  { words: /insufficient_quota|exceeded your current quota|insufficient (?:balance|credit|funds)/i, class: 'quota' },
  { words: /model_not_found|model.{0,80}(?:does not exist|not found|is not available)/i, class: 'model_unavailable' },
]

/** What a reply of an OpenAI-compatible upstream that is not a success means. */
export function classifyReply(reply: Reply): Failure {
  const row = byStatus[reply.status] ?? rowOf(reply.status)
  const error = readError(asBuffer(reply.body).toString('utf8', 0, MAX_ERROR_BYTES))
  return failureOf(row, error, reply.status, parseRetryAfter(reply.headers))
}

/** What an error object inside a reply that had begun as a success means. */
export function classifyErrorObject(value: unknown): Failure {
  const error = errorFields(value)
  const status = [error.status, Number(error.code)].find((code) => code !== undefined && code in byStatus)
  const row: StatusRow =
    status === undefined
      ? { class: 'transient', mayBeBilled: true, says: 'reported an error' }
      : (byStatus[status] ?? strangeSuccess)
  return failureOf({ ...row, mayBeBilled: true }, error, status, undefined)
}

const MAX_ERROR_BYTES = 64 * 1024
const MAX_MESSAGE = 500

function failureOf(
  row: StatusRow,
  error: ErrorFields,
  status: number | undefined,
  retryAfterMs: number | undefined,
): Failure {
  const words = `${error.code ?? ''} ${error.type ?? ''} ${error.message ?? ''}`
  const clientSide =
    row.class === 'caller_fault' || row.class === 'rate_limit' || row.class === 'unknown' || row.class === 'transient'
  const said = clientSide ? byWords.find((candidate) => candidate.words.test(words)) : undefined
  const failureClass = said?.class ?? row.class
  return {
    class: failureClass,
    mayBeBilled: row.mayBeBilled === true,
    // Only what the caller can mend is worth their upstream's words; the rest could tell about the operator's account.
    message:
      callerCanMend.has(failureClass) && error.message !== undefined
        ? `${row.says}: ${plain(error.message)}`
        : row.says,
    status,
    retryAfterMs,
    param: callerCanMend.has(failureClass) ? error.param : undefined,
    cause: words.trim().slice(0, 2000),
  }
}

const callerCanMend = new Set<FailureClass>(['caller_fault', 'context_window', 'content_policy'])

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
}

/** Error bodies come as `{error:{…}}`, `{error:"…"}`, flat, or `{detail:…}`; anything that is not JSON is not looked at. */
function readError(text: string): ErrorFields {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? errorFields(value['error'] ?? value) : {}
  } catch {
    return {}
  }
}

function errorFields(value: unknown): ErrorFields {
  if (typeof value === 'string') return { message: value }
  if (!isRecord(value)) return {}
  const message = [value['message'], value['detail'], value['error']].find((field) => typeof field === 'string')
  const code = value['code']
  return {
    message: typeof message === 'string' ? message : undefined,
    type: typeof value['type'] === 'string' ? value['type'] : undefined,
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    param: typeof value['param'] === 'string' ? value['param'].slice(0, 200) : undefined,
    status: typeof value['status'] === 'number' ? value['status'] : undefined,
  }
}

/** An upstream's sentence made safe to show: no markup, no line breaks, nothing that looks like a key, not endless. */
function plain(message: string): string {
  return message
    .replace(/<[^>]*>/g, ' ')
    .replace(/\b(?:sk|nvapi|pk|key|Bearer)[-_ ][\w*.-]{8,}/gi, '[redacted]')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_MESSAGE)
}
