import type { Clock } from '../clock.ts'
import type { Timeouts } from '../config.ts'
import { SpekaError } from '../errors.ts'
import type { Failure } from '../failure.ts'
import type { PicoUsd } from '../money.ts'
import type { FinishReason } from '../operations/chat/chat.ts'
import type { Bytes, Headers, Transport, TransportFailure, TransportFailureKind, Upstream } from '../transport.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import type { Span } from '../bytes/scan-object.ts'
import type { Edit } from '../bytes/splice.ts'
import type { NativeOperation, OwnEnd } from '../providers/provider.ts'
import type { Target } from '../route/target.ts'

/** The world an attempt lives in. */
export interface AttemptWorld {
  readonly transport: Transport
  readonly clock: Clock
  readonly timeouts: Timeouts
}

/** What an attempt is asked to do. */
export interface AttemptOrder {
  /** From the commitment on perhaps without its prompt. */
  readonly call: Call
  readonly target: Target
  /** Where to send it, and with which key. */
  readonly upstream: Upstream
  /** Headers that go to every upstream, whatever the provider. */
  readonly headers: Headers
  /** Set when the target speaks the caller's own dialect, and is asked in it. */
  readonly native?: { readonly operation: NativeOperation } | undefined
}

/** What an attempt knows of the answer when it ends, however it ends. */
export interface AnswerFacts {
  readonly usage: Usage
  readonly upstreamId?: string | undefined
  readonly finishReason?: FinishReason | undefined
  /** Which model answered, and for what price, where the upstream is a gateway that chose by itself. */
  readonly model?: string | undefined
  readonly charge?: PicoUsd | undefined
  /** Set for an answer of bytes: what they are. */
  readonly contentType?: string | undefined
}

/** The last part of a finished answer, to be priced and sent once it is in the ledger. */
export type AnswerTail =
  | {
      /** An answer of bytes, whose last are these. */
      readonly kind: 'bytes'
      readonly rest: readonly Bytes[]
    }
  | {
      readonly kind: 'stream'
      /** The finish frame, and what came with it. */
      readonly frames: readonly Bytes[]
      readonly created: number | undefined
      readonly usageJson: Readonly<Record<string, unknown>> | undefined
    }
  | {
      /** A stream in the caller's own dialect. */
      readonly kind: 'native'
      readonly frames: readonly Bytes[]
      readonly whole: OwnEnd['whole']
      /** Set where usage is not as the upstream counted it. */
      readonly usageJson: Readonly<Record<string, unknown>> | undefined
    }
  | {
      readonly kind: 'json'
      readonly body: Bytes
      readonly edits: readonly Edit[]
      readonly usageJson: Readonly<Record<string, unknown>> | undefined
      readonly usageAt: Span | undefined
      /** Whether `usageJson` is what stands there, so that only the cost is to be added. */
      readonly usageIsAsSent: boolean
    }

export type AttemptResult =
  | { readonly ok: true; readonly facts: AnswerFacts; readonly status: number; readonly tail: AnswerTail }
  | { readonly ok: false; readonly facts: AnswerFacts; readonly failure: Failure }

/** Told of an attempt's course. `end` comes exactly once, and last. */
export interface AttemptListener {
  /** The reply has begun. */
  head?(headers: Headers): void
  /** The first real output is there: it cannot be taken back. Only streams commit before they end. */
  commit(facts: AnswerFacts): void
  /** Whole frames, after `commit`. Returns false to pause the upstream. */
  write(frames: Bytes): boolean
  end(result: AttemptResult): void
}

/** One try at one target, under way. */
export interface Attempt {
  resume(): void
  /** Closes the upstream and ends with `failure`. */
  abort(failure: Failure): void
}

const transportFailures: Readonly<Record<TransportFailureKind, Pick<Failure, 'class' | 'message' | 'code'>>> = {
  refused: { class: 'transient', message: 'refused the connection', code: 'upstream_unreachable' },
  dns: { class: 'transient', message: 'has an address that cannot be found', code: 'upstream_unreachable' },
  tls: { class: 'transient', message: 'has no valid TLS certificate', code: 'upstream_unreachable' },
  connect_timeout: { class: 'timeout', message: 'did not accept the connection in time', code: 'upstream_unreachable' },
  reset: { class: 'transient', message: 'closed the connection', code: 'upstream_incomplete' },
  aborted: { class: 'cancelled', message: 'was aborted' },
  not_public: {
    class: 'transient',
    message: 'pointed to an address that is not safe to fetch',
    code: 'upstream_bad_response',
  },
  no_credential: { class: 'credential', message: 'could not be shown a credential, since none was to be had' },
  other: { class: 'transient', message: 'could not be reached', code: 'upstream_unreachable' },
}

/** Once the request was taken, what nobody has a name for is a reply that no parser takes. */
const strangeReply = {
  class: 'transient',
  message: 'sent a reply that cannot be read',
  code: 'upstream_bad_response',
} as const

/** What a failure below HTTP means for the request. */
export const failureOfTransport = ({ kind, sent, cause }: TransportFailure): Failure =>
  SpekaError.is(cause)
    ? failureOfUpload(cause, sent)
    : { ...(kind === 'other' && sent ? strangeReply : transportFailures[kind]), mayBeBilled: sent, cause }

/** The caller's request broke off, or turned out to be wrong, while it was sent on. Nothing is wrong with the target. */
const failureOfUpload = (cause: SpekaError, sent: boolean): Failure => ({
  class: cause.code === 'client_closed_request' ? 'cancelled' : 'caller_fault',
  mayBeBilled: sent,
  byCaller: true,
  message: 'could not be sent the whole request',
  quote: cause.message,
  code: cause.code,
  param: cause.param,
  cause,
})

/** Nothing came in time, although the upstream had the request. */
export const timeoutFailure = (message: string): Failure => ({ class: 'timeout', mayBeBilled: true, message })
