import type { Headers } from '../transport.ts'

/** The sandbox declines a request: becomes an error answer in OpenAI's shape. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string | null
  readonly param: string | null
  readonly headers: Headers

  constructor(
    status: number,
    message: string,
    {
      code = null,
      param = null,
      headers = {},
    }: { code?: string | null; param?: string | null; headers?: Headers } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.param = param
    this.headers = headers
  }
}

/** A request that makes no sense: status 400. */
export const badRequest = (message: string, param: string | null = null): Refusal =>
  new Refusal(400, message, { code: 'invalid_value', param })

interface StatusRow {
  readonly type: string
  readonly code: string | null
  readonly message: string
}

/** What OpenAI says with a status. Statuses not named here are errors of the caller (4xx) or the server (5xx). */
const statuses: Readonly<Record<number, StatusRow>> = {
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided' },
  402: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'The account has run out of credit' },
  403: { type: 'permission_error', code: 'permission_denied', message: 'The key may not do this' },
  404: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model does not exist' },
  408: { type: 'timeout', code: 'request_timeout', message: 'The request took too long' },
  413: { type: 'invalid_request_error', code: 'request_too_large', message: 'The request is too large' },
  429: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Too many requests' },
  503: { type: 'server_error', code: 'service_unavailable', message: 'The server is overloaded' },
}
const otherCallerFault: StatusRow = { type: 'invalid_request_error', code: null, message: 'The request was refused' }
const otherServerFault: StatusRow = { type: 'server_error', code: null, message: 'The server had an error' }

const rowOf = (status: number): StatusRow => statuses[status] ?? (status < 500 ? otherCallerFault : otherServerFault)

/** An error that was asked for by model id. */
export function askedFor(status: number, model: string, headers: Headers = {}): Refusal {
  const { code, message } = rowOf(status)
  const param = status === 404 ? 'model' : null
  return new Refusal(status, `${message}: the sandbox was asked to fail by "${model}".`, { code, param, headers })
}

/** The body that tells of a refusal: all four fields are always there. */
export function refusalBody({ status, message, param, code }: Refusal): unknown {
  return { error: { message, type: rowOf(status).type, param, code } }
}
