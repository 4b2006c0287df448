import type { Price } from '../catalog/model.ts'
import type { ErrorCode } from '../errors.ts'
import type { FailureClass } from '../failure.ts'
import type { PicoUsd } from '../money.ts'
import type { Usage } from '../usage.ts'
import type { RequestId } from '../uuid.ts'
import type { Surface } from '../wire/operation-name.ts'

/** How a request ended. */
export type Outcome =
  /** The whole answer was there to deliver. */
  | 'complete'
  /** It broke after output had been delivered, or the deadline passed; the caller was told by an error event. */
  | 'interrupted'
  /** No output was delivered; the caller got an error. */
  | 'failed'
  /** The caller left. */
  | 'cancelled'

/** One try at one target. */
export interface AttemptRecord {
  readonly provider: string
  /** What the upstream calls the model. */
  readonly upstreamModel: string
  readonly model: string
  /** From the start of the request, in ms. */
  readonly startedMs: number
  readonly durationMs: number
  /** From the start of the attempt to the first output, in ms. */
  readonly firstOutputMs?: number | undefined
  readonly outcome: 'answered' | FailureClass
  /** The upstream's HTTP status, when there was one. */
  readonly status?: number | undefined
  /** What happened, in words safe to show. */
  readonly message?: string | undefined
  /** What the upstream charges the operator for this attempt, when the target has a `cost` and the usage is known. */
  readonly cost?: PicoUsd | undefined
}

/** What the Speka server at the other end tells of a request, when a gateway of this process goes through one. */
export interface FarSide {
  /** By which its `/v1/generation` finds the record. */
  readonly requestId: string | undefined
  /** The provider that answered it. */
  readonly provider: string | undefined
  /** Its tries, the successful one last. */
  readonly attempts: readonly AttemptRecord[]
}

/** Everything the ledger keeps of one request. One is made for each, however it ends. */
export interface UsageRecord {
  readonly id: RequestId
  /** The virtual key that pays; `undefined` in process, where nobody does. */
  readonly keyId?: string | undefined
  /** The account that the key belongs to. */
  readonly account?: string | undefined
  /** The id of the labels that the key had: team, environment, member, tags. Absent: none. */
  readonly labels?: number | undefined
  /** The numbers of the budgets that its charge counts in. Absent: none. */
  readonly budgets?: readonly number[] | undefined
  /** The end user it was made for, as the caller named him. */
  readonly customer?: string | undefined
  /** The conversation it belongs to, as the caller named it. */
  readonly session?: string | undefined
  /** The API the caller spoke. */
  readonly endpoint: Surface
  readonly stream: boolean
  /** Arrival, in ms since the epoch. */
  readonly createdAt: number
  /** The billing month, `YYYY-MM` in UTC, fixed on arrival. */
  readonly period: string
  /** The model as the caller asked for it. */
  readonly requestedModel: string
  /** What the caller wanted kept with it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** The catalog id of the model that answered, or was tried last. */
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly upstreamModel?: string | undefined
  /** What answered in place of a provider, by its name, such as `cache`: then nobody was asked. */
  readonly answeredBy?: string | undefined
  /** What layers have written down of the request, each under a name of its own. */
  readonly notes?: Readonly<Record<string, string | number | boolean>> | undefined
  /** The upstream's own id of the answer: the `id` that the caller sees in the body. */
  readonly upstreamId?: string | undefined
  readonly outcome: Outcome
  readonly finishReason?: string | undefined
  /** What the caller was told, when it was an error. */
  readonly errorCode?: ErrorCode | undefined
  readonly usage: Usage
  /** The row of the price that was used, with its condition, kept with the record: later changes do not touch it. */
  readonly price?: Price | undefined
  /** The customer's charge; `undefined` when it cannot be known. Zero when nothing usable was delivered. */
  readonly charge?: PicoUsd | undefined
  readonly attempts: readonly AttemptRecord[]
  /** Of a gateway in front of a server, what that server tells. */
  readonly farSide?: FarSide | undefined
  /** From arrival to the end, in ms. */
  readonly durationMs: number
  /** From arrival to the first output, in ms. */
  readonly firstOutputMs?: number | undefined
}
