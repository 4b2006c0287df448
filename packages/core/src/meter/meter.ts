import type { Price } from '../catalog/model.ts'
import { zeroUsd, type PicoUsd } from '../money.ts'
import { costOf } from '../pricing/cost-of.ts'
import { unknownUsage, type Usage } from '../usage.ts'
import type { Outcome } from './usage-record.ts'

/**
 * What the customer pays. A whole answer costs what the provider counted. One that an upstream broke costs nothing. One
 * that the caller ended costs nothing if none of it was delivered, and is unknown otherwise unless the provider had
 * counted by then.
 *
 * @param byCaller whether the caller has left, or its own limit broke it, rather than the upstream or a stop of the gateway.
 */
export function chargeFor(
  outcome: Outcome,
  usage: Usage,
  price: Price | undefined,
  delivered: boolean,
  byCaller = outcome === 'cancelled',
): PicoUsd | undefined {
  if (!isCharged(outcome, delivered, byCaller)) return zeroUsd
  return price === undefined || usage === unknownUsage ? undefined : costOf(usage, price)
}

/** Whether a request costs anything, by how it ended. */
export function isCharged(outcome: Outcome, delivered: boolean, byCaller: boolean): boolean {
  switch (outcome) {
    case 'complete':
      return true
    case 'cancelled':
    case 'interrupted':
      return delivered && byCaller
    case 'failed':
      return false
  }
}

/** The billing month of a moment in ms since the epoch: `YYYY-MM` in UTC. */
export function periodOf(atMs: number): string {
  if (atMs < month.from || atMs >= month.until) {
    const date = new Date(atMs)
    const [year, index] = [date.getUTCFullYear(), date.getUTCMonth()]
    month = { from: Date.UTC(year, index), until: Date.UTC(year, index + 1), name: date.toISOString().slice(0, 7) }
  }
  return month.name
}

/** The month asked for last: nearly always the one asked for next. */
let month = { from: 0, until: 0, name: '' }
