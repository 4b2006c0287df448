import type { RateKind } from '../limit.ts'
import { LocalRates } from './local-rates.ts'
import { RateCounts, type CountedEntry } from './rate-counts.ts'
import { isSlot, rate } from './rates.fake.ts'

/** A process whose journal shows what it was told: what is written at once, and what goes with the next that is. */
function open() {
  const clock = { now: 1000 }
  const written: (readonly [at: number, amount: number])[] = []
  const noted: (readonly [at: number, amount: number])[] = []
  const keep = (list: typeof written) => (entry: CountedEntry) => {
    // The places of tests are called as their kinds.
    expect(entry.kind).toBe(entry.place)
    list.push([entry.at, entry.amount])
  }
  const counts = new RateCounts()
  const rates = new LocalRates({
    counts,
    now: () => clock.now,
    journal: { write: keep(written), note: keep(noted) },
  })
  const take = (kind: RateKind, amount: number, tokens = 0) => {
    const taken = rates.take([rate(kind, amount)], tokens)
    if (!isSlot(taken)) throw new Error('it was refused')
    return taken
  }
  return { clock, counts, rates, written, noted, take }
}

describe('of a low rate', () => {
  test('each request is written down when it is counted, and a note says which was given back', () => {
    const { clock, written, noted, take } = open()
    const first = take('rpm', 120)
    clock.now = 1001
    take('rpm', 120).done(undefined)
    clock.now = 1002
    first.giveBack()
    expect([written, noted]).toEqual([
      [
        [1000, 1],
        [1001, 1],
      ],
      [[1000, -1]],
    ])
  })
})

describe('of a high rate', () => {
  test('what is written down together is used for 245 ms, and what is left of it then is taken back', () => {
    const { clock, written, noted, take } = open()
    for (const now of [1000, 1100, 1244, 1245]) {
      clock.now = now
      take('rpm', 1200)
    }
    expect([written, noted]).toEqual([
      [
        [1245, 5],
        [1490, 5],
      ],
      [[1245, -2]],
    ])
  })

  test('a single one that is left is taken back as well', () => {
    const { clock, noted, take } = open()
    for (let count = 0; count < 4; count += 1) take('rpm', 1200)
    clock.now = 1245
    take('rpm', 1200)
    expect(noted).toEqual([[1245, -1]])
  })

  test('what is given back of it is there for one request', () => {
    const { written, noted, take } = open()
    take('rpm', 1200).giveBack()
    for (let count = 0; count < 5; count += 1) take('rpm', 1200)
    expect(written).toHaveLength(1)
    take('rpm', 1200)
    expect([written.length, noted]).toEqual([2, []])
  })

  test('what is given back of an earlier lot is there for none', () => {
    const { clock, written, take } = open()
    const early = take('rpm', 1200)
    clock.now = 2000
    take('rpm', 1200)
    early.giveBack()
    for (let count = 0; count < 4; count += 1) take('rpm', 1200)
    expect(written).toHaveLength(2)
    take('rpm', 1200)
    expect(written).toHaveLength(3)
  })
})

test('what is written down and was given back is remembered for a minute, and not for ever', () => {
  const { clock, counts, written, noted, take } = open()
  take('rpm', 1200).giveBack()
  clock.now = 60_999
  take('rpm', 1200).giveBack()
  expect([written.length, noted]).toEqual([2, [[1245, -5]]])
  clock.now += 60_000
  for (let count = 0; count < 64 && counts.size > 0; count += 1) counts.tidy(clock.now)
  expect(counts.size).toBe(0)
})

describe('of tokens', () => {
  test('those beyond what was taken are written down when they are known of', () => {
    const { clock, rates, written, noted, take } = open()
    const slot = take('tpm', 1000, 100)
    clock.now = 3000
    slot.done(400)
    expect([written, noted]).toEqual([
      [
        [1000, 100],
        [3000, 300],
      ],
      [],
    ])
    expect(rates.standing([rate('tpm', 1000)])).toMatchObject([{ remaining: 600, resetMs: 61_000 }])
  })

  test('of which as many were used as were taken nothing more is said', () => {
    const { written, noted, take } = open()
    take('tpm', 1000, 100).done(100)
    take('tpm', 1000, 100).done(undefined)
    expect([written.length, noted]).toEqual([2, []])
  })

  test('those that were not used are there for the next of the same second, but for what began the lot', () => {
    const { clock, written, noted, take } = open()
    const first = take('tpm', 1000, 100)
    clock.now = 1001
    take('tpm', 1000, 50).done(20)
    first.done(60)
    expect(noted).toEqual([[1000, -40]])
    clock.now = 1500
    take('tpm', 1000, 30)
    expect(written).toEqual([
      [1000, 100],
      [1001, 50],
    ])
    take('tpm', 1000, 1)
    expect(written).toHaveLength(3)
  })

  test('those that are left of a lot make the next one smaller', () => {
    const { written, noted, take } = open()
    // 245 are written down together.
    take('tpm', 60_000, 100)
    take('tpm', 60_000, 1000)
    expect([written, noted]).toEqual([
      [
        [1000, 245],
        [1000, 855],
      ],
      [],
    ])
  })

  test('those that were not used of a second that is over are taken back of that', () => {
    const { clock, rates, noted, take } = open()
    take('tpm', 1000, 100)
    clock.now = 1001
    const early = take('tpm', 1000, 600)
    clock.now = 5000
    take('tpm', 1000, 10)
    noted.length = 0
    early.done(200)
    expect(noted).toEqual([[1001, -400]])
    // Of which nothing is left once that second is out of the minute.
    clock.now = 62_000
    expect(rates.standing([rate('tpm', 1000)])).toMatchObject([{ remaining: 990 }])
  })
})

test('what was written down for later use is written down again in a journal that is made anew', () => {
  const { clock, counts, written, noted, take } = open()
  const early = take('rpm', 1200)
  counts.snapshot(clock.now)
  early.giveBack()
  take('rpm', 1200)
  expect([written, noted]).toEqual([
    [
      [1245, 5],
      [1245, 5],
    ],
    [],
  ])
})

test('what another life has counted is counted again, but for what it gave back', () => {
  const counts = new RateCounts()
  for (const amount of [1, 1, 1, -1]) counts.restore({ kind: 'rpm', place: 'rpm', at: 1000, amount })
  expect(counts.of('rpm', 'rpm').free(60, 1001)).toBe(58)
})

test('each that ends frees what it had, and nothing of another', () => {
  const { rates, take } = open()
  const left = (kind: RateKind, amount: number) => rates.standing([rate(kind, amount)])[0]?.remaining
  const [first, second] = [take('max_parallel', 3), take('max_parallel', 3)]
  first.done(undefined)
  first.done(undefined)
  first.giveBack()
  expect(left('max_parallel', 3)).toBe(2)
  second.giveBack()
  expect(left('max_parallel', 3)).toBe(3)
  take('rpm', 60)
  take('rpm', 60).giveBack()
  expect(left('rpm', 60)).toBe(59)
})
