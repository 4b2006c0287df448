import type { Clock, Random } from '@speka/core'
import type { Alerts, Delivery, DeliveryOutcome } from '../store/alerts.ts'
import type { Webhook } from './alert-rules.ts'
import type { SendWebhook } from './send-webhook.ts'
import { webhookHeaders } from './sign-webhook.ts'

/** How often to look for what is due, in ms: what others raised, or left behind. */
export const LOOK_MS = 5000
/** How long what was taken is one's own, in ms: longer than any attempt lasts. */
export const CLAIM_MS = 60_000
/** How many are sent at once. */
const AT_ONCE = 8
/** The pauses after failed attempts, in s; the last is repeated. */
const PAUSES_S = [5, 30, 120, 600, 1800, 3600, 7200] as const
/** How long an alert is sent again, in ms. One that is older when it is first taken up is sent once. */
export const GIVE_UP_MS = 86_400_000

export interface OutboxParts {
  readonly alerts: Alerts
  readonly clock: Clock
  readonly random: Random
  readonly send: SendWebhook
  /** Told of what could not be delivered, and of a store that does not answer. */
  readonly onTrouble: (trouble: string, fields: Readonly<Record<string, unknown>>) => void
}

/**
 * Sends what is waiting to be sent. Each delivery is taken from the store for a while, so that of several processes one sends
 * it; what a process had taken when it was killed is taken again when that while is over.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #stop = new AbortController()
  #webhooks: ReadonlyMap<string, Webhook> = new Map()
  #cancelLook: (() => void) | undefined
  #round: Promise<void> | undefined
  #again = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Where to send to from now on. What is waiting for any other place goes on waiting. */
  configure(webhooks: ReadonlyMap<string, Webhook>): void {
    this.#webhooks = webhooks
    this.look()
  }

  /** Looks for what is due now, and from then on now and then. */
  look(): void {
    if (this.#stop.signal.aborted) return
    this.#cancelLook?.()
    this.#cancelLook = undefined
    if (this.#round !== undefined) {
      this.#again = true
      return
    }
    if (this.#webhooks.size === 0) return
    this.#round = this.#sendDue().finally(() => {
      this.#round = undefined
      if (this.#again) {
        this.#again = false
        this.look()
      } else if (!this.#stop.signal.aborted) this.#cancelLook = this.#parts.clock.after(LOOK_MS, () => this.look())
    })
  }

  /** Breaks off what is being sent, which is due again at once for whoever is there. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#cancelLook?.()
    await this.#round
  }

  async #sendDue(): Promise<void> {
    const { alerts, clock, onTrouble } = this.#parts
    try {
      for (;;) {
        const now = clock.now()
        const endpoints = [...this.#webhooks.keys()]
        const due = await alerts.claim({ endpoints, now, until: now + CLAIM_MS, most: AT_ONCE })
        await Promise.all(due.map((delivery) => this.#deliver(delivery)))
        if (due.length < AT_ONCE || this.#stop.signal.aborted) return
      }
    } catch (error) {
      onTrouble('alerts cannot be sent at the moment', {
        cause: error instanceof Error ? error.message : String(error),
      })
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { alert, endpoint, attempt } = delivery
    const { alerts, clock, send } = this.#parts
    const webhook = this.#webhooks.get(endpoint)
    const seconds = Math.floor(clock.now() / 1000)
    const trouble =
      webhook === undefined
        ? 'it is no longer configured'
        : await send(
            {
              url: webhook.url,
              headers: webhookHeaders(webhook.secrets, { id: alert.id, seconds, body: alert.body }),
              body: alert.body,
            },
            this.#stop.signal,
          )
    await alerts.settle({ id: alert.id, endpoint, attempt }, this.#outcome(delivery, trouble))
  }

  #outcome({ alert, endpoint, attempt }: Delivery, trouble: string | undefined): DeliveryOutcome {
    const { clock, random, onTrouble } = this.#parts
    const now = clock.now()
    if (trouble === undefined) return { state: 'delivered', at: now }
    if (this.#stop.signal.aborted) return { state: 'waiting', nextAt: now, trouble: 'the gateway stopped' }
    const { host } = this.#webhooks.get(endpoint) ?? { host: endpoint }
    const nextAt = now + pauseMs(attempt, random)
    const isLast = nextAt > alert.at + GIVE_UP_MS
    const fields = { alert: alert.id, kind: alert.kind, host, attempt, trouble }
    onTrouble(isLast ? 'an alert was not delivered, and is given up' : 'an alert was not delivered yet', fields)
    return isLast ? { state: 'failed', at: now, trouble } : { state: 'waiting', nextAt, trouble }
  }
}

/** Spread by a tenth to either side, so that what failed together does not come back together. */
function pauseMs(attempt: number, random: Random): number {
  const pause = PAUSES_S[Math.min(attempt, PAUSES_S.length) - 1] ?? 0
  return Math.round(pause * 1000 * (0.9 + random() * 0.2))
}
