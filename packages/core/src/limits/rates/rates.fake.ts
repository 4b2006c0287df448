import type { AppliedRate, RateKind } from '../limit.ts'
import type { RateRefusal, Slot } from '../rates.ts'
import type { CountedEntry } from './rate-counts.ts'
import type { RateJournal } from './rate-journal.ts'

/** A rate for tests, counted for a key. */
export const rate = (kind: RateKind, amount: number, place = kind as string): AppliedRate => ({
  limit: {
    id: place,
    subject: { kind: 'key', id: 'k', account: 'a' },
    rule: { kind, amount },
    onReached: 'stop',
    since: 0,
    revision: 1,
  },
  place,
  subjectId: 'k',
})

export const isSlot = (taken: Slot | RateRefusal): taken is Slot => 'done' in taken

/** The most that any stretch of `spanMs` has: it begins with one of the times, so only those are looked at. */
export function mostIn(times: readonly (readonly [at: number, amount: number])[], spanMs: number): number {
  let most = 0
  let sum = 0
  let next = 0
  for (const [from, amount] of times) {
    for (; next < times.length && (times[next]?.[0] ?? Infinity) < from + spanMs; next += 1)
      sum += times[next]?.[1] ?? 0
    most = Math.max(most, sum)
    sum -= amount
  }
  return most
}

/** A journal: what is noted is written with what comes next, or lost with the process. */
export function openFakeJournal() {
  const written: CountedEntry[] = []
  let noted: CountedEntry[] = []
  const kept: RateJournal = {
    write(entry) {
      written.push(...noted, entry)
      noted = []
    },
    note: (entry) => void noted.push(entry),
  }
  return { written, kept, lose: () => (noted = []) }
}
