import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestId } from '@speka/core'
import type { Open } from './in-flight.ts'
import type { Actor } from '../actor.ts'
import type { KeyRecord } from '../store/store.ts'

/** One request and its response, with what every handler needs. */
export interface Exchange {
  readonly id: RequestId
  /** Arrival, in ms since the epoch. */
  readonly receivedAt: number
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Its place among what is under way. */
  readonly open: Open
  /** The path, still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
}

/** A request of whomever, on either listener: for a page, or of who is about to show who he is. */
export interface Visit extends Omit<Exchange, 'open'> {
  /** Its place among what is under way. Default: it has none, as on the operator's listener. */
  readonly open?: Open | undefined
}

/** A request whose key was verified. */
export interface KeyedExchange extends Exchange {
  readonly key: KeyRecord
}

/** A request of the management API, of somebody who has shown who he is. */
export interface AdminExchange extends Visit {
  readonly actor: Actor
  /** Whether who has come in still would: for what goes on for long. */
  readonly isStillIn: () => Promise<boolean>
}
