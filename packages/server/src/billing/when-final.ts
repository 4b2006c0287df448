import type { LedgerOwner } from '../store/ledger-owner.ts'
import { spanOfMonth } from './month.ts'

/** How long after its end a month stays open, for rows on their way, in ms. */
const OPEN_MS = 24 * 3_600_000

/** From when on the invoices of a month can be issued, in ms since the epoch. */
export const finalFrom = (month: string): number => spanOfMonth(month).until + OPEN_MS

/**
 * Why the invoices of a month cannot be issued yet, in words: when they can, or whom that waits for; `undefined`: they can.
 *
 * @param now in ms since the epoch
 * @param owners everybody who has ever written rows
 * @param without the ids of owners that are not waited for: what comes of them after all is late usage
 */
export function whyOpen(
  month: string,
  now: number,
  owners: readonly LedgerOwner[],
  without: readonly number[] = [],
): string | undefined {
  const from = finalFrom(month)
  if (now < from) return `${month} can be closed from ${new Date(from).toISOString()} on, a day after its end.`
  const { until } = spanOfMonth(month)
  const silent = owners.filter(({ id, startedAt, isSilent }) => isSilent && startedAt < until && !without.includes(id))
  if (silent.length === 0) return undefined
  const who = silent.map(({ id, pid }) => `owner ${id} (pid ${pid})`).join(', ')
  const ids = silent.map(({ id }) => id).join(',')
  return (
    `${month} waits for ${who}, which may still have rows of it: it runs where it cannot be looked at from here, and was not heard ` +
    `of. Close the month from beside it, or, if it has ended for good, with --without-owner ${ids}: what comes of it later is late usage.`
  )
}
