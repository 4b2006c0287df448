import { isRecord, RequestFailure, transportFailureOf } from '../shared/index.ts'

/** n8n puts its own error around what LangChain threw, which has put one around what the OpenAI client threw. */
const DEEPEST = 5

/** How LangChain, the client and the platform call a request that was called off, or that nobody answered in time. */
const calledOff: readonly string[] = ['AbortError', 'APIUserAbortError']
const timeouts: readonly string[] = ['TimeoutError', 'APIConnectionTimeoutError']

/**
 * Why a call of the OpenAI client has no answer, in the words of the other nodes; `undefined` when it is not about the gateway,
 * such as a call that was called off.
 */
export function failureIn(error: unknown, baseUrl: string): RequestFailure | undefined {
  const chain = causesOf(error)
  const answered = chain.find(({ status }) => typeof status === 'number')
  if (answered !== undefined) return refused(answered, error, baseUrl)
  const broken = chain.find(({ error: words }) => isRecord(words) && typeof words['message'] === 'string')
  if (broken !== undefined) return brokenOff(broken, error, baseUrl)
  if (isNamed(chain, timeouts)) {
    const message = `${baseUrl} did not answer in time.`
    return RequestFailure.told({ message, code: 'upstream_timeout', cause: error }, { baseUrl, sent: true })
  }
  const failure = transportFailureOf(error)
  const isConnection = failure.kind !== 'other' || isNamed(chain, ['APIConnectionError'])
  if (isCalledOff(error) || !isConnection) return undefined
  return RequestFailure.of(error, { baseUrl, failure, sent: failure.sent })
}

export const isCalledOff = (error: unknown): boolean =>
  transportFailureOf(error).kind === 'aborted' || isNamed(causesOf(error), calledOff)

/** The client's own errors have their names as classes only. */
const isNamed = (chain: readonly Record<string, unknown>[], names: readonly string[]): boolean =>
  chain.some((error) => names.includes(String(error['name'])) || names.includes(error.constructor.name))

/** The gateway, or what stands in its place, answered with an error. */
function refused({ status, error: words, headers }: Record<string, unknown>, cause: unknown, baseUrl: string) {
  const reply = {
    status: Number(status),
    headers: headers instanceof Headers ? Object.fromEntries(headers) : {},
    body: Buffer.from(JSON.stringify({ error: words })),
  }
  return RequestFailure.of(cause, { baseUrl, reply })
}

/** The gateway said in the middle of a stream that there is no more to come. */
function brokenOff({ error: words, headers }: Record<string, unknown>, cause: unknown, baseUrl: string) {
  const { message, code, param } = words as Record<string, unknown>
  const told = {
    message: String(message),
    code: typeof code === 'string' ? code : 'unknown',
    param: typeof param === 'string' ? param : undefined,
    cause,
  }
  const requestId = headers instanceof Headers ? (headers.get('x-request-id') ?? undefined) : undefined
  // Half an answer costs nothing, unless it was the caller's time that ran out.
  return RequestFailure.told(told, { baseUrl, requestId, sent: /timeout/.test(told.code) })
}

function causesOf(error: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = []
  for (let inner = error; isRecord(inner) && chain.length < DEEPEST; inner = inner['cause']) chain.push(inner)
  return chain
}
