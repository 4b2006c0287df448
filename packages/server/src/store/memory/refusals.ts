import { MOST_REFUSALS, REFUSALS_KEPT_MS, type KeptRefused, type Refusals } from '../refusals.ts'
import type { Use } from './use.ts'

/** Counts in a map, by minute, key and limit. */
export function memoryRefusals(use: Use): Refusals {
  const kept = new Map<string, KeptRefused>()
  let last = 0
  return {
    count: (counted) =>
      use(() => {
        let newest = 0
        for (const one of counted) {
          const place = [one.minute, one.keyId, one.limitId].join(' ')
          const there = kept.get(place)
          if (there === undefined) last += 1
          kept.set(place, there ? { ...there, refused: there.refused + one.refused } : { ...one, n: last })
          newest = Math.max(newest, one.minute)
        }
        for (const [place, { n, minute }] of kept)
          if (n <= last - MOST_REFUSALS || minute < newest - REFUSALS_KEPT_MS) kept.delete(place)
      }),

    list: ({ since = -Infinity, after = Infinity, account, keyId, limitId, limit = Infinity } = {}) =>
      use(() =>
        [...kept.values()]
          .toSorted((one, other) => other.n - one.n)
          .filter((one) => one.minute >= since && one.n < after)
          .filter((one) => account === undefined || one.account === account)
          .filter((one) => keyId === undefined || one.keyId === keyId)
          .filter((one) => limitId === undefined || one.limitId === limitId)
          .slice(0, limit),
      ),

    byLimit: (since) =>
      use(() => {
        const sums = new Map<string, number>()
        for (const { minute, limitId, refused } of kept.values())
          if (minute >= since) sums.set(limitId, (sums.get(limitId) ?? 0) + refused)
        return sums
      }),
  }
}
