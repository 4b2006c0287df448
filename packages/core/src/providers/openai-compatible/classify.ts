import type { ErrorCode } from '../../errors.ts'
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
  429: { class: 'rate_limit', says: 'is rate limiting the gateway' },
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

/** Codes and words by which upstreams say what their status does not. First match wins. */
const byWords: readonly { readonly words: RegExp; readonly class: FailureClass }[] = [
  {
    words:
      /context[_ ](?:length|window|size)|maximum context|too many tokens|prompt is too long|max(?:imum)?_model_len|exceeded model token limit|`inputs`[^.]{0,40}must (?:be|have)/i,
    class: 'context_window',
  },
  { words: /content[_ ](?:policy|filter)|content_management|responsible_ai/i, class: 'content_policy' },
  {
    words:
      /insufficient_quota|exceeded_current_quota|exceeded your current quota|insufficient (?:balance|credit|funds)/i,
    class: 'quota',
  },
  {
    // NVIDIA: a model served without tools, and one that is down, which it reports as the caller's fault. llama.cpp: a model
    // that sees no images, which it reports as an error of its own.
    words:
      /model_not_(?:found|available)|invalid_model|model.{0,80}(?:does not exist|not found|is not available)|requires --enable-auto-tool-choice|function cannot be invoked|(?:image|audio|video) input is not supported/i,
    class: 'model_unavailable',
  },
]

const anyWords = byWords.map((row) => row.class)

/** Classes that words may refine, and into what. "Too many tokens" at a rate limit says nothing about the prompt. */
const refinedBy: Partial<Record<FailureClass, readonly FailureClass[]>> = {
  caller_fault: anyWords,
  unknown: anyWords,
  transient: anyWords,
  rate_limit: ['quota'],
}

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
  const words = [error.code, error.type, error.message, error.behind].filter(Boolean).join(' ').slice(0, MAX_WORDS)
  const refinements = refinedBy[row.class] ?? []
  const said = byWords.find((candidate) => refinements.includes(candidate.class) && candidate.words.test(words))
  const failureClass = said?.class ?? row.class
  return {
    class: failureClass,
    mayBeBilled: row.mayBeBilled === true,
    message: row.says,
    // Only what the caller can mend is worth the upstream's words; the rest could tell about the operator's account.
    quote: callerCanMend.has(failureClass) && error.message !== undefined ? plain(error.message) : undefined,
    code: row.code,
    status,
    retryAfterMs,
    param: callerCanMend.has(failureClass) ? error.param : undefined,
    cause: words,
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
  /** What the upstream behind a router said. */
  readonly behind?: string | undefined
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
  const message = sentence(value['message'] ?? value['detail'] ?? value['error'])
  const code = value['code']
  const behind = isRecord(value['metadata']) ? value['metadata'] : {}
  return {
    message,
    type: [value['type'], value['error_type']].find((type) => typeof type === 'string'),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
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
