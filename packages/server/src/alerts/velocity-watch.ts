import { picoUsd, type PicoUsd } from '@speka/core'
import type { Alerts, NewAlert } from '../store/alerts.ts'
import type { Ledger } from '../store/store.ts'
import { velocityExceeded } from './alert-events.ts'
import type { AlertRules } from './alert-rules.ts'

/** How often to look, in ms. */
export const VELOCITY_LOOK_MS = 60_000
/** For how long one process looks for all, in ms. */
const LEAD_MS = 150_000
const HOUR_MS = 3_600_000
/** What is usual is what was spent in these hours before, in ms. */
const USUAL_SPAN_MS = 7 * 24 * HOUR_MS
/** In fewer hours than these, nothing has become usual. */
const FEWEST_HOURS = 24
/** Less than this in an hour is never too much: 1 USD, in pico-dollars. */
const LEAST_SPENT = 1_000_000_000_000n

export interface VelocityWatchParts {
  readonly alerts: Pick<Alerts, 'lead'>
  readonly ledger: Pick<Ledger, 'totals'>
  readonly raise: (alert: NewAlert) => Promise<void>
  readonly clock: { now(): number }
  /** Tells this process from all others. */
  readonly processId: string
}

/**
 * Notices that an account spends far more than it usually does: what it has spent in the hour under way, against the mean of
 * those hours of the seven days before in which it spent anything. One process looks for all, in what is added up anyway.
 */
export class VelocityWatch {
  readonly #parts: VelocityWatchParts
  #velocities: AlertRules['velocities'] = new Map()
  /** What is usual in the hour under way, by account. */
  #usual = new Map<string, PicoUsd | undefined>()
  #usualIn: number | undefined

  constructor(parts: VelocityWatchParts) {
    this.#parts = parts
  }

  configure({ velocities }: AlertRules): void {
    this.#velocities = velocities
  }

  async look(): Promise<void> {
    const { alerts, ledger, raise, clock, processId } = this.#parts
    const now = clock.now()
    if (!(await alerts.lead({ of: 'velocity', who: processId, now, until: now + LEAD_MS }))) return
    const hourStartsAt = now - (now % HOUR_MS)
    if (this.#usualIn !== hourStartsAt) {
      this.#usualIn = hourStartsAt
      this.#usual = new Map()
    }
    for (const { group: account, charge: spent } of await ledger.totals({ by: 'account', since: hourStartsAt })) {
      if (account === undefined || spent < LEAST_SPENT) continue
      const usual = await this.#usualOf(account, hourStartsAt)
      if (usual === undefined) continue
      for (const [hundredths, to] of this.#velocities) {
        if (spent * 100n < usual * BigInt(hundredths)) break
        await raise(velocityExceeded({ account, hourStartsAt, spent, usual, hundredths }, now, to))
      }
    }
  }

  async #usualOf(account: string, hourStartsAt: number): Promise<PicoUsd | undefined> {
    if (this.#usual.has(account)) return this.#usual.get(account)
    const hours = await this.#parts.ledger.totals({
      by: 'hour',
      account,
      since: hourStartsAt - USUAL_SPAN_MS,
      until: hourStartsAt,
    })
    const charges = hours.map(({ charge }) => charge).filter((charge) => charge > 0n)
    const sum = charges.reduce((one, other) => one + other, 0n)
    const usual = charges.length < FEWEST_HOURS ? undefined : picoUsd(sum / BigInt(charges.length))
    this.#usual.set(account, usual)
    return usual
  }
}
