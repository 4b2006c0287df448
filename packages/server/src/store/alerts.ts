/** What an alert tells of. It stands in its body too, as `type`. */
export const alertKinds = [
  'limit.threshold_reached',
  'spend.velocity_exceeded',
  'provider_key.refused',
  'target.down',
  'target.up',
  'payment.failed',
  'payment.settled',
  'account.suspended_unpaid',
  'account.resumed_paid',
] as const

export type AlertKind = (typeof alertKinds)[number]

/** Something that an operator wants to be told of. */
export interface Alert {
  /** Which receivers know it by, however often it is sent to them. */
  readonly id: string
  readonly kind: AlertKind
  /** In ms since the epoch. */
  readonly at: number
  /** Whose it is; `undefined`: the operator's alone. */
  readonly account: string | undefined
  /** JSON, as it is sent: the same each time, byte for byte. */
  readonly body: string
}

/** Where an alert is to be sent. */
export interface Endpoint {
  /** Made of its address, which is in the configuration alone. */
  readonly id: string
  /** The host of its address, to be shown. */
  readonly host: string
}

export interface NewAlert extends Alert {
  /** What it is about: while an alert of the same occasion is there, it is not kept. Default: it is unlike any other. */
  readonly occasion?: string | undefined
  /** It is only kept if an alert of this occasion is there, whose occasion is over then. */
  readonly ends?: string | undefined
  /** Until when it is kept, in ms since the epoch. Default: until its occasion is over, and a while longer. */
  readonly keepUntil?: number | undefined
  readonly endpoints: readonly Endpoint[]
}

/** `waiting`: it is sent, or sent again. `failed`: it was given up. */
export type DeliveryState = 'waiting' | 'delivered' | 'failed'

export interface DeliveryStanding {
  readonly host: string
  readonly state: DeliveryState
  readonly attempts: number
  /** Why the last attempt failed; `undefined`: none has. */
  readonly trouble: string | undefined
  /** When it was delivered, or given up. */
  readonly endedAt: number | undefined
}

/** An alert, and what has become of it. */
export interface KeptAlert extends Alert {
  /** Grows in the order in which alerts were raised. */
  readonly n: number
  readonly deliveries: readonly DeliveryStanding[]
}

/** An alert to be sent to one endpoint now. */
export interface Delivery {
  readonly alert: Alert
  readonly endpoint: string
  /** Which attempt this is, from 1: what comes of an earlier one is not listened to. */
  readonly attempt: number
}

/** What has come of an attempt. */
export type DeliveryOutcome =
  | { readonly state: 'delivered'; readonly at: number }
  | { readonly state: 'failed'; readonly at: number; readonly trouble: string }
  | { readonly state: 'waiting'; readonly nextAt: number; readonly trouble: string }

export interface AlertQuery {
  /** Only those of this moment or later, in ms since the epoch. */
  readonly since?: number | undefined
  /** Only those before the one with this number. */
  readonly after?: number | undefined
  readonly account?: string | undefined
  /** At most so many. Default: all. */
  readonly limit?: number | undefined
}

/** Who may do something for a while, of all processes. */
export interface Lead {
  readonly of: string
  readonly who: string
  readonly now: number
  readonly until: number
}

/** How long an alert whose occasion is over is kept, in ms: 90 days. */
export const KEPT_MS = 90 * 86_400_000

/**
 * Alerts, and what is to be sent of them. `describeAlerts` in `alerts.contract.ts` says how each member behaves. Nothing that
 * is done for a request waits for it.
 */
export interface Alerts {
  /** Keeps an alert and what is to be sent of it, all or nothing. @returns whether it was kept. */
  raise(alert: NewAlert): Promise<boolean>
  /** An occasion is over, so that it may come again. */
  end(occasion: string, now: number): Promise<void>
  /** The occasions that are not over, of alerts of these kinds. */
  occasions(kinds: readonly AlertKind[]): Promise<string[]>
  /** The newest first. */
  list(query?: AlertQuery): Promise<KeptAlert[]>
  /**
   * Takes what is due at some endpoints, the oldest first. What is not heard of until then is due again.
   *
   * @param claim.until when it is given up on, in ms since the epoch.
   */
  claim(claim: {
    readonly endpoints: readonly string[]
    readonly now: number
    readonly until: number
    readonly most: number
  }): Promise<Delivery[]>
  settle(
    delivery: Pick<Delivery, 'endpoint' | 'attempt'> & { readonly id: string },
    outcome: DeliveryOutcome,
  ): Promise<void>
  /** @returns whether it is theirs: nobody else has it at that time. */
  lead(lead: Lead): Promise<boolean>
  /** Forgets what has been kept long enough, and gives up what nobody has sent for a day. */
  tidy(now: number): Promise<void>
}
