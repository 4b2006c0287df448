import { RateCounts, type CountedEntry, type RateCountsOptions } from './rate-counts.ts'
import { BEYOND_MS } from './rate-kinds.ts'

const at = (ms: number, place = 'a', amount = 1): CountedEntry => ({ kind: 'rpm', place, at: ms, amount })

function restored(entries: readonly CountedEntry[], options?: RateCountsOptions): RateCounts {
  const counts = new RateCounts(options)
  for (const entry of entries) counts.restore(entry)
  return counts
}

describe('what is written down anew', () => {
  test('is all that was counted before a moment, place by place', () => {
    const counts = restored([at(1000), at(2000), at(2001), at(1500, 'b', 2)])
    expect([...toIterable(counts.snapshot(2001))]).toEqual([
      [at(1000), at(2000)],
      [at(1500, 'b'), at(1500, 'b')],
    ])
  })

  test('of what is handed out is written down by when it may be used at the latest', () => {
    const counts = restored([at(1000)], { beyondMs: BEYOND_MS })
    expect([...toIterable(counts.snapshot(2000))]).toEqual([[at(1245)]])
  })

  test('leaves out what was let go of meanwhile', () => {
    const counts = restored([at(1000), at(500_000, 'b')])
    const snapshot = counts.snapshot(600_000)
    for (let count = 0; count < 200; count += 1) counts.tidy(500_001)
    expect(counts.size).toBe(1)
    expect([...toIterable(snapshot)]).toEqual([[at(500_000, 'b')]])
  })
})

describe('a rate', () => {
  test('up to 120 is counted by the time of each, and above it by stretches of 100 ms', () => {
    const counts = new RateCounts()
    for (const rate of [120, 121]) counts.of('rpm', `of ${rate}`).count(rate, 50, 1)
    const free = (rate: number, ...moments: number[]) =>
      moments.map((now) => counts.of('rpm', `of ${rate}`).free(rate, now))
    expect(free(120, 60_049, 60_050)).toEqual([119, 120])
    expect(free(121, 60_099, 60_100)).toEqual([120, 121])
  })

  test('is there in no time where nothing counts, and never where it is less than is wanted', () => {
    const count = new RateCounts().of('rpm', 'a')
    expect([count.msUntilFree(60, 1, 5), count.msUntilFree(60, 60, 5), count.msUntilFree(60, 61, 5)]).toEqual([
      0,
      0,
      Infinity,
    ])
    count.count(60, 10, 1)
    expect([count.msUntilFree(60, 59, 20), count.msUntilFree(60, 60, 20)]).toEqual([0, 59_990])
  })

  test('is whole again when the last of it is out of its window', () => {
    const counts = new RateCounts()
    const [exact, wide] = [counts.of('rpm', 'exact'), counts.of('rpm', 'wide')]
    expect(exact.standing(60, 5)).toEqual({ remaining: 60, resetMs: 0 })
    for (const moment of [10, 30]) {
      exact.count(60, moment, 1)
      wide.count(600, moment, 1)
    }
    expect(exact.standing(60, 40)).toEqual({ remaining: 58, resetMs: 59_990 })
    expect(wide.standing(600, 40)).toEqual({ remaining: 598, resetMs: 60_090 })
    // It has come down since.
    expect(exact.standing(1, 40)).toEqual({ remaining: 0, resetMs: 59_990 })
    for (const moment of [10, 30]) exact.takeBack(moment, 1)
    expect(exact.standing(60, 40)).toEqual({ remaining: 60, resetMs: 0 })
  })

  test('is whole again when what nobody knows is over', () => {
    const count = new RateCounts({ fullUntil: 9000 }).of('rpm', 'a')
    expect([count.standing(60, 8000), count.standing(60, 9000)]).toEqual([
      { remaining: 0, resetMs: 1000 },
      { remaining: 60, resetMs: 0 },
    ])
    expect([count.msUntilFree(60, 1, 8000), count.isEmpty(8999), count.isEmpty(9000)]).toEqual([1000, false, true])
  })
})

test('of many under way at once each is counted while it is, and nobody knows until when', () => {
  const count = new RateCounts({ beyondMs: BEYOND_MS }).of('max_parallel', 'a')
  for (let one = 0; one < 3; one += 1) count.count(500, 10, 1)
  count.takeBack(0, 1)
  expect([count.free(500, 9_999_999), count.standing(500, 20)]).toEqual([498, { remaining: 498, resetMs: 0 }])
  count.takeBack(0, 9)
  expect([count.free(500, 20), count.isEmpty(20)]).toEqual([500, true])
})

test.each([
  {
    what: 'what is written down and not used is owed for as long as it would count',
    written: 1,
    at: 1000,
    moment: 60_999,
    isEmpty: false,
  },
  { what: 'and no longer', written: 1, at: 1000, moment: 61_000, isEmpty: true },
  { what: 'what is used up is not owed', written: 0, at: 1000, moment: 1001, isEmpty: true },
  { what: 'nothing is owed to a journal that is made anew', written: 0, at: Infinity, moment: 1001, isEmpty: true },
])('$what', ({ written, at: writtenAt, moment, isEmpty }) => {
  const count = new RateCounts().of('rpm', 'a')
  Object.assign(count, { written, writtenAt })
  expect(count.isEmpty(moment)).toBe(isEmpty)
})

function* toIterable<Item>(iterator: Iterator<Item, void>): Iterable<Item> {
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value
}
