import { SpekaError, type TransportFailure } from '@speka/core'
import type { Attempt } from './client.ts'
import type { RawReply } from './transport.ts'

/** What is known of a request that failed. */
export interface FailureFacts {
  readonly baseUrl: string
  /** The gateway's last word, when it had one. */
  readonly reply?: RawReply | undefined
  readonly failure?: TransportFailure | undefined
  readonly attempts?: readonly Attempt[] | undefined
}

/** Why there is no answer, before n8n's words are put to it. */
export class RequestFailure extends Error {
  /** For programs: one of the gateway's codes. */
  readonly code: string
  /** The gateway's HTTP status; `undefined` when it did not answer, or was not asked. */
  readonly status: number | undefined
  /** The request field at fault, as OpenAI spells it. */
  readonly param: string | undefined
  readonly attempts: readonly Attempt[]
  readonly requestId: string | undefined
  readonly baseUrl: string

  private constructor(
    message: string,
    { baseUrl, reply, attempts = [] }: FailureFacts,
    { code, param, cause }: { code: string; param: string | undefined; cause: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.param = param
    this.status = reply?.status
    this.attempts = attempts
    this.requestId = reply?.headers['x-request-id']
    this.baseUrl = baseUrl
  }

  /** What the gateway itself said comes before what the engine made of it, and that before what n8n's helper threw. */
  static of(error: unknown, facts: FailureFacts): RequestFailure {
    const { reply, baseUrl } = facts
    const said = reply === undefined || reply.status < 400 ? undefined : errorIn(reply)
    if (said !== undefined) return new RequestFailure(said.message, facts, { ...said, cause: error })
    if (reply !== undefined && reply.status >= 300) {
      const message = `${baseUrl} answers with status ${reply.status}, but not as a Speka gateway does.`
      return new RequestFailure(message, facts, { code: 'not_a_gateway', param: undefined, cause: error })
    }
    if (reply === undefined && isUnreachable(error, facts)) {
      const message = `Nothing answers at ${baseUrl}.`
      return new RequestFailure(message, facts, { code: 'gateway_unreachable', param: undefined, cause: error })
    }
    if (SpekaError.is(error))
      return new RequestFailure(error.message, facts, { code: error.code, param: error.param, cause: error })
    if (reply !== undefined) {
      const message = `${baseUrl} does not answer as a Speka gateway does.`
      return new RequestFailure(message, facts, { code: 'not_a_gateway', param: undefined, cause: error })
    }
    const message = error instanceof Error ? error.message : String(error)
    return new RequestFailure(message, facts, { code: 'unknown', param: undefined, cause: error })
  }
}

const isUnreachable = (error: unknown, { failure }: FailureFacts): boolean =>
  (failure !== undefined && failure.kind !== 'aborted') ||
  (SpekaError.is(error) && error.code === 'upstream_unreachable')

function errorIn({ body }: RawReply): { message: string; code: string; param: string | undefined } | undefined {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: Record<string, unknown> }
    if (typeof error?.['message'] !== 'string') return undefined
    const { message, code, param } = error as { message: string; code?: unknown; param?: unknown }
    return {
      message,
      code: typeof code === 'string' ? code : 'unknown',
      param: typeof param === 'string' ? param : undefined,
    }
  } catch {
    return undefined
  }
}
