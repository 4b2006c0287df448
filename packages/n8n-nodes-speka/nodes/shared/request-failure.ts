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
  /** Whether the request may have arrived. */
  readonly sent?: boolean | undefined
  /** Where there is no whole reply to read it from. */
  readonly requestId?: string | undefined
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
  /** Whether an answer may have been paid for that did not arrive. */
  readonly mayHaveCost: boolean
  readonly #facts: FailureFacts

  private constructor({ message, code, param, cause }: Told, facts: FailureFacts) {
    const { reply, attempts = [], sent = false } = facts
    super(message, { cause })
    this.#facts = facts
    this.mayHaveCost = sent && reply === undefined
    this.code = code
    this.param = param
    this.status = reply?.status
    this.attempts = attempts
    this.requestId = reply?.headers['x-request-id'] ?? facts.requestId
  }

  /** For what is known in so many words. */
  static told(told: Told, facts: FailureFacts): RequestFailure {
    return new RequestFailure(told, facts)
  }

  /** For an answer that is well formed, and not what a gateway says. */
  static notAGateway(baseUrl: string): RequestFailure {
    return new RequestFailure(noGateway(`${baseUrl} answers`), { baseUrl })
  }

  /** The same failure, with something said before it. */
  after(words: string): RequestFailure {
    const { message, code, param } = this
    return new RequestFailure({ message: `${words} ${message}`, code, param, cause: this }, this.#facts)
  }

  static of(error: unknown, facts: FailureFacts): RequestFailure {
    return new RequestFailure({ ...tell(error, facts), cause: error }, facts)
  }
}

interface Told {
  readonly message: string
  readonly code: string
  readonly param?: string | undefined
  readonly cause?: unknown
}

/** What the gateway itself said comes before what the engine made of it, and that before what n8n's helper threw. */
function tell(error: unknown, { baseUrl, reply, failure }: FailureFacts): Told {
  const known = SpekaError.is(error) ? error : undefined
  if (reply !== undefined) {
    if (reply.status >= 400) return errorIn(reply) ?? noGateway(`${baseUrl} answers with status ${reply.status}`)
    const misread = known === undefined || known.code === 'upstream_bad_response'
    if (reply.status >= 300 || misread) return noGateway(`${baseUrl} answers`)
  }
  if (known?.code === 'upstream_unreachable' || (failure !== undefined && failure.kind !== 'aborted')) {
    return { message: `Nothing answers at ${baseUrl}.`, code: 'gateway_unreachable' }
  }
  if (known !== undefined) return { message: known.message, code: known.code, param: known.param }
  return { message: error instanceof Error ? error.message : String(error), code: 'unknown' }
}

const noGateway = (what: string): Told => ({
  message: `${what}, but not as a Speka gateway does.`,
  code: 'not_a_gateway',
})

/** OpenAI's error object. */
function errorIn({ body }: RawReply): Told | undefined {
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
