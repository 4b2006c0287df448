import type { Price } from '../catalog/model.ts'
import { zeroUsd, type PicoUsd } from '../money.ts'
import { costOf } from '../pricing/cost-of.ts'
import { unknownUsage, type Usage } from '../usage.ts'
import type { Outcome } from './usage-record.ts'

/**
 * What the customer pays. A whole answer costs what the provider counted. One that an upstream broke costs nothing. One
 * that the caller left costs nothing if none of it was delivered, and is unknown otherwise unless the provider had
 * counted by then.
 */
export function chargeFor(
  outcome: Outcome,
  usage: Usage,
  price: Price | undefined,
  delivered: boolean,
): PicoUsd | undefined {
  switch (outcome) {
    case 'failed':
    case 'interrupted':
      return zeroUsd
    case 'cancelled':
      if (!delivered) return zeroUsd
      break
    case 'complete':
      break
  }
  return price === undefined || usage === unknownUsage ? undefined : costOf(usage, price)
}
