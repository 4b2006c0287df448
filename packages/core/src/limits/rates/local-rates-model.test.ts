import { randomFrom } from '../../../../../test/support/random-from.ts'
import type { RateKind } from '../limit.ts'
import { LocalRates } from './local-rates.ts'
import { RateCounts, type CountedEntry } from './rate-counts.ts'
import { rateCounting } from './rate-kinds.ts'
import { isSlot, mostIn, openFakeJournal, rate } from './rates.fake.ts'

describe('a rate of one process, at random', () => {
  const rows: { kind: RateKind; amount: number; until: number }[] = [
    { kind: 'rpm', amount: 1, until: 2_000_000 },
    { kind: 'rpm', amount: 60, until: 300_000 },
    { kind: 'rpm', amount: 120, until: 300_000 },
    { kind: 'rpm', amount: 121, until: 300_000 },
    { kind: 'rpm', amount: 1200, until: 130_000 },
    { kind: 'rpd', amount: 100, until: 4 * 86_400_000 },
    { kind: 'rpd', amount: 500, until: 2.5 * 86_400_000 },
    { kind: 'tpm', amount: 10_000, until: 300_000 },
  ]

  test.each(rows)('of $amount ($kind) is never exceeded and at least 98 % used at 20 times the load', (row) => {
    const { kind, amount, until } = row
    const { spanMs } = rateCounting[kind]
    for (const seed of [1, 2]) {
      const random = randomFrom(seed)
      let now = 0
      const rates = new LocalRates({ counts: new RateCounts(), now: () => now })
      const applied = [rate(kind, amount)]
      const size = kind === 'tpm' ? 100 : 1
      const admitted: [number, number][] = []
      const ideal: number[] = []
      for (; now < until; now += (-Math.log(1 - random()) * spanMs * size) / (amount * 20)) {
        if ((ideal.at(-amount / size) ?? -Infinity) + spanMs <= now) ideal.push(now)
        if (isSlot(rates.take(applied, size))) admitted.push([now, size])
      }
      expect(mostIn(admitted, spanMs)).toBeLessThanOrEqual(amount)
      expect(admitted.length / ideal.length).toBeGreaterThanOrEqual(0.98)
    }
  })

  test.each([1, 60, 120, 121, 600])('of %i a minute is kept over any number of sudden ends', (amount) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = randomFrom(seed)
      const { written, kept, lose } = openFakeJournal()
      const applied = [rate('rpm', amount)]
      const admitted: [number, number][] = []
      let now = 1000
      const begin = () => {
        const counts = new RateCounts()
        for (const entry of written) counts.restore(entry)
        return new LocalRates({ counts, now: () => now, journal: kept })
      }
      let rates = begin()
      while (now < 200_000) {
        now += (-Math.log(1 - random()) * 60_000) / (amount * 3)
        if (random() < 0.01 + 1 / amount) {
          lose()
          rates = begin()
        }
        const taken = rates.take(applied, 0)
        if (!isSlot(taken)) continue
        if (random() > 0.9) taken.giveBack()
        else admitted.push([now, 1])
      }
      expect(mostIn(admitted, 60_000)).toBeLessThanOrEqual(amount)
    }
  })

  test.each([1000, 100_000, 10_000_000])(
    'tokens, %i a minute, count no less after a sudden end than before it, whatever answers came to',
    (amount) => {
      for (let seed = 1; seed <= 5; seed += 1) {
        const random = randomFrom(seed)
        const applied = rate('tpm', amount)
        const { written, kept, lose } = openFakeJournal()
        let copied: Iterator<readonly CountedEntry[], void> | undefined
        let copiedUntil = -Infinity
        const note = (entry: CountedEntry) => {
          // What is copied says that already.
          if (copied === undefined || entry.at >= copiedUntil + 245) kept.note(entry)
        }
        const ends: { at: number; end: () => void }[] = []
        let now = 1000
        const restored = () => {
          const counts = new RateCounts()
          for (const entry of written) counts.restore(entry)
          return counts
        }
        const freeIn = (counts: RateCounts) => counts.of('tpm', applied.place).free(amount, now)
        const counts = new RateCounts()
        const rates = new LocalRates({ counts, now: () => now, journal: { write: kept.write, note } })
        let mostForgotten = 0
        for (let one = 0; one < 3000; one += 1) {
          now += random() * 100
          for (const { end } of ends.filter(({ at }) => at <= now)) end()
          ends.splice(0, ends.length, ...ends.filter(({ at }) => at > now))
          const most = Math.ceil((amount / 200) * random() ** 8)
          const taken = rates.take([applied], most)
          if (isSlot(taken))
            ends.push({ at: now + random() * 900, end: () => taken.done(Math.ceil(most * random() * 1.1)) })
          if (copied === undefined && random() < 0.05) {
            // The journal is made anew, and meanwhile the one before is there.
            lose()
            written.length = 0
            copiedUntil = now + 1
            copied = counts.snapshot(copiedUntil)
          } else if (copied !== undefined && random() < 0.2) {
            for (let next = copied.next(); next.done !== true; next = copied.next()) written.push(...next.value)
            copied = undefined
          }
          // Reading all of it again takes a while.
          if (copied === undefined && one % 4 === 0)
            mostForgotten = Math.max(mostForgotten, freeIn(restored()) - freeIn(counts))
        }
        expect(mostForgotten).toBe(0)
      }
    },
  )
})
