import type { AppliedRate, RateKind } from '../limit.ts'
import type { RateRefusal, Slot } from '../rates.ts'
import { LocalRates } from './local-rates.ts'
import { RateCounts, type CountedEntry } from './rate-counts.ts'
import { isSlot, openFakeJournal, rate } from './rates.fake.ts'

/** Rates of a process, with a clock that is moved by hand. */
function open() {
  let now = 0
  const counts = new RateCounts()
  const rates = new LocalRates({ counts, now: () => now })
  return {
    counts,
    rates,
    at(ms: number) {
      now = ms
    },
    take(applied: readonly AppliedRate[], tokens = 0) {
      return rates.take(applied, tokens)
    },
  }
}

function refusal(taken: Slot | RateRefusal): RateRefusal {
  if (isSlot(taken)) throw new Error('it was admitted')
  return taken
}

function slot(taken: Slot | RateRefusal): Slot {
  if (!isSlot(taken)) throw new Error('it was refused')
  return taken
}

describe('a rate of one process', () => {
  const rows: { kind: RateKind; amount: number }[] = [
    { kind: 'rpm', amount: 1 },
    { kind: 'rpm', amount: 60 },
    { kind: 'rpm', amount: 120 },
    { kind: 'rpm', amount: 121 },
    { kind: 'rpm', amount: 1200 },
    { kind: 'rpd', amount: 100 },
    { kind: 'rpd', amount: 500 },
    { kind: 'tpm', amount: 10_000 },
  ]

  test.each(rows)(
    'of $amount ($kind) says when to come back, not a second too early or too late',
    ({ kind, amount }) => {
      const { at, take } = open()
      const applied = [rate(kind, amount)]
      const tokens = kind === 'tpm' ? amount / 100 : 0
      let now = 5000.5
      for (;;) {
        at(now)
        const taken = take(applied, tokens)
        if (!isSlot(taken)) break
        now += 3.7
      }
      at(now)
      const { retryAfterMs } = refusal(take(applied, tokens))
      at(now + retryAfterMs - 0.001)
      expect(isSlot(take(applied, tokens))).toBe(false)
      at(now + retryAfterMs + 0.001)
      expect(isSlot(take(applied, tokens))).toBe(true)
    },
  )

  test('counts nothing of a request that one of its other rates refuses', () => {
    const { at, take, rates } = open()
    const [key, account, parallel] = [rate('rpm', 5), rate('rpd', 1), rate('max_parallel', 3)]
    slot(take([key, account, parallel])).done(undefined)
    for (const now of [1, 2, 3]) {
      at(now)
      expect(refusal(take([key, account, parallel])).standing.applied).toBe(account)
    }
    expect(rates.standing([key, parallel]).map(({ remaining }) => remaining)).toEqual([4, 3])
  })

  test('says the longest wait when several of them refuse', () => {
    const { at, take } = open()
    const both = [rate('rpm', 1), rate('rpd', 1)]
    slot(take(both))
    at(1000)
    for (const all of [both, both.toReversed()])
      expect(refusal(take(all))).toMatchObject({ standing: { applied: both[1] }, retryAfterMs: 86_399_000 })
  })

  test('counts nothing of a request that was given back, and what runs once', () => {
    const { take, rates } = open()
    const all = [rate('rpm', 2), rate('rpd', 200), rate('tpm', 100), rate('max_parallel', 2)]
    const remaining = () => rates.standing(all).map((standing) => standing.remaining)
    const first = slot(take(all, 30))
    expect(remaining()).toEqual([1, 199, 70, 1])
    first.giveBack()
    first.giveBack()
    first.done(10)
    expect(remaining()).toEqual([2, 200, 100, 2])
    const second = slot(take(all, 30))
    second.done(undefined)
    second.done(undefined)
    expect(remaining()).toEqual([1, 199, 70, 2])
  })

  test('corrects tokens to what they were, and counts those beyond the estimate from then on', () => {
    const { at, take, rates } = open()
    const tokens = rate('tpm', 1000)
    const remaining = () => rates.standing([tokens])[0]?.remaining
    slot(take([tokens], 600)).done(200)
    expect(remaining()).toBe(800)
    const long = slot(take([tokens], 100))
    at(120_000)
    expect(remaining()).toBe(1000)
    long.done(400)
    expect(remaining()).toBe(700)
    at(120_000 + 60_999)
    expect(remaining()).toBe(700)
    at(120_000 + 61_000)
    expect(remaining()).toBe(1000)
  })

  test('refuses for ever what is more than it ever has', () => {
    const { take } = open()
    expect(refusal(take([rate('tpm', 1000)], 1001)).retryAfterMs).toBe(Infinity)
  })

  test('holds as many as may be under way, for as long as they are', () => {
    const { at, take } = open()
    const two = [rate('max_parallel', 2)]
    const first = slot(take(two))
    slot(take(two))
    at(10_000_000)
    expect(refusal(take(two))).toMatchObject({ retryAfterMs: 1000, standing: { remaining: 0 } })
    first.done(undefined)
    expect(isSlot(take(two))).toBe(true)
  })

  test('is the one that is set now: what was counted stays counted when it is raised or lowered', () => {
    const { at, take, rates } = open()
    for (let one = 0; one < 100; one += 1) slot(take([rate('rpm', 100)]))
    expect(rates.standing([rate('rpm', 300)])[0]?.remaining).toBe(200)
    at(10)
    for (let one = 0; one < 200; one += 1) slot(take([rate('rpm', 300)]))
    expect(isSlot(take([rate('rpm', 300)]))).toBe(false)
    expect(rates.standing([rate('rpm', 50)])[0]?.remaining).toBe(0)
    at(60_099)
    expect(isSlot(take([rate('rpm', 50)]))).toBe(false)
    at(60_100)
    expect(isSlot(take([rate('rpm', 50)]))).toBe(true)
  })

  test('stands still while its clock goes back', () => {
    const { at, take } = open()
    at(100_000)
    slot(take([rate('rpm', 1)]))
    at(0)
    expect(refusal(take([rate('rpm', 1)])).retryAfterMs).toBe(60_000)
    at(159_999)
    expect(isSlot(take([rate('rpm', 1)]))).toBe(false)
    at(160_000)
    expect(isSlot(take([rate('rpm', 1)]))).toBe(true)
  })

  test('is let go of in memory once nothing counts any more', () => {
    const { at, take, counts } = open()
    for (let key = 0; key < 1000; key += 1) {
      at(key * 1000)
      slot(take([rate('rpm', 5, `key ${key}`)]))
    }
    // A minute's worth is in use, and the sweep is never far behind.
    expect(counts.size).toBeLessThan(200)
    at(10_000_000)
    for (let one = 0; one < 64 * 200; one += 1) take([rate('rpm', 5, 'the last')])
    expect(counts.size).toBe(1)
  })
})

describe('a rate that is written down', () => {
  test('needs few writes when it is high, and what was written and not used is taken back', () => {
    const { written, kept } = openFakeJournal()
    let now = 0
    const rates = new LocalRates({ counts: new RateCounts(), now: () => now, journal: kept })
    for (; now < 1000; now += 10) slot(rates.take([rate('rpm', 6000)], 0))
    expect(written.filter(({ amount }) => amount > 0).length).toBeLessThan(10)
    now = 5000
    slot(rates.take([rate('rpm', 6000)], 0))
    const counted = written.reduce((sum, { amount }) => sum + amount, 0)
    expect(counted).toBe(101 + 24)
  })

  test.each([
    [120, [1000, 1001]],
    [121, [1245, 1246]],
  ])('of %i a minute is written down one at a time, by when it is used at the latest', (amount, times) => {
    const { written, kept } = openFakeJournal()
    let now = 1000
    const rates = new LocalRates({ counts: new RateCounts(), now: () => now, journal: kept })
    for (; now < 1002; now += 1) slot(rates.take([rate('rpm', amount)], 0))
    expect(written.map(({ at, amount: counted }) => [at, counted])).toEqual(times.map((at) => [at, 1]))
  })

  test('writes nothing down of what runs at once, which ends with the process, and takes nothing back where nothing is left', () => {
    const { written, kept } = openFakeJournal()
    const noted: CountedEntry[] = []
    let now = 0
    const parts = { counts: new RateCounts(), now: () => now }
    const rates = new LocalRates({ ...parts, journal: { write: kept.write, note: (entry) => void noted.push(entry) } })
    slot(rates.take([rate('max_parallel', 5)], 0)).done(undefined)
    expect(written).toEqual([])
    for (let taken = 0; taken < 25; taken += 1) slot(rates.take([rate('rpm', 6000)], 0))
    now = 1000
    slot(rates.take([rate('rpm', 6000)], 0))
    expect(written.map(({ at, amount }) => [at, amount])).toEqual([
      [245, 25],
      [1245, 25],
    ])
    expect(noted).toEqual([])
  })

  test('needs few writes of tokens when it is high, and no more counts after a sudden end than a moment of it', () => {
    const { written, kept } = openFakeJournal()
    let now = 0
    const most = 60_000_000
    const rates = new LocalRates({ counts: new RateCounts(), now: () => now, journal: kept })
    for (; now < 5000; now += 10) slot(rates.take([rate('tpm', most)], 4000)).done(100)
    expect(written.length).toBeLessThan(15)
    const counts = new RateCounts()
    for (const entry of written) counts.restore(entry)
    const counted = most - counts.of('tpm', rate('tpm', most).place).free(most, now)
    expect(counted).toBeGreaterThanOrEqual(500 * 100)
    expect(counted).toBeLessThanOrEqual(500 * 100 + most * (245 / 60_000) + 10 * 4000)
  })

  test('needs few writes of tokens where those under way take more together than is written down in one go', () => {
    const { written, kept } = openFakeJournal()
    let now = 1000
    const rates = new LocalRates({ counts: new RateCounts(), now: () => now, journal: kept })
    const applied = [rate('tpm', 60_000)]
    for (let burst = 0; burst < 45; burst += 1) {
      const under = Array.from({ length: 8 }, () => {
        now += 1
        return slot(rates.take(applied, 1000))
      })
      now += 10
      for (const one of under) one.done(1)
    }
    // In one second, in which tokens count together: the first eight, what the very first gives back, and some for what was used.
    expect(now).toBeLessThan(2000)
    expect(written.length).toBeLessThan(15)
  })

  test('is full after another start of the machine, until a window has passed since then', () => {
    let now = 5000
    const counts = new RateCounts({ fullUntil: 60_000 })
    const rates = new LocalRates({ counts, now: () => now })
    expect(refusal(rates.take([rate('rpm', 10)], 0)).retryAfterMs).toBe(55_000)
    expect(refusal(rates.take([rate('tpm', 10)], 1)).retryAfterMs).toBe(55_000)
    expect(isSlot(rates.take([rate('rpd', 10), rate('max_parallel', 1)], 0))).toBe(true)
    now = 60_000
    expect(isSlot(rates.take([rate('rpm', 10)], 0))).toBe(true)
  })
})
