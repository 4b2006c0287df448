import { firstPage } from '../../projections/first-page.ts'
import { stepMs } from '../../usage-times.ts'
import { readTimes } from './read-times.ts'
import { readSplits, type Readers } from './read-totals.ts'
import type { HourTimes } from './read-times.ts'

/**
 * Reads once what a first page will ask for, so that whoever opens it first after a start does not wait for it: sums come into
 * memory, and how long requests took is remembered by the hour. A day at a time, the latest first, and others have their turn
 * between.
 *
 * @param now in ms since the epoch
 * @param isWanted whether to go on
 */
export async function warmUp(
  readers: Readers & { readonly hourTimes: HourTimes },
  { now, isWanted, breathe }: { now: number; isWanted: () => boolean; breathe: () => Promise<void> },
): Promise<void> {
  const { splits, since, until } = firstPage(now)
  await readSplits(readers, { splits, since, until }, breathe)
  for (let from = until - stepMs.day; from >= since; from -= stepMs.day) {
    await breathe()
    if (!isWanted()) return
    readTimes(readers, { by: 'day', since: from, until: from + stepMs.day })
  }
}
