import type { RateKind } from '../limit.ts'
import { HeldRate } from './held-rate.ts'
import type { RateAnswer, RateWant } from './rate-authority.ts'
import { rate } from './rates.fake.ts'

const wantOf = (kind: RateKind, amount: number, least = 1): RateWant => ({
  kind,
  place: kind,
  rate: amount,
  wanted: least,
  least,
})

const packet = (slots: number, id = 1): RateAnswer => ({
  packet: { id, slots, at: 500 },
  remaining: 3,
  resetMs: 60_000,
})

/** Heard at 1000 that so much of a rate is not there. */
function full(kind: RateKind, amount: number, fullMs: number | null, least = 1): HeldRate {
  const held = new HeldRate()
  held.hear(wantOf(kind, amount, least), { fullMs, remaining: 0, resetMs: 50_000 }, 990, 1000)
  return held
}

describe('a rate that was heard to be full', () => {
  test.each<[string, RateKind, number, number]>([
    ['for a second', 'rpm', 1999, 2000],
    ['for 5 ms where requests under way may end at once', 'max_parallel', 1004, 1005],
  ])('is not asked about again %s', (_, kind, before, after) => {
    const held = full(kind, 10, 30_000)
    expect(held.fullFor(rate(kind, 10), 1, before)).toBe(31_000 - before)
    expect(held.fullFor(rate(kind, 10), 1, after)).toBe(0)
  })

  test('is asked about as soon as there may be room', () => {
    const held = full('rpm', 10, 400)
    expect([1399, 1400, 1500].map((now) => held.fullFor(rate('rpm', 10), 1, now))).toEqual([1, 0, 0])
  })

  test('is asked about for less than what there is no room for, and when it is another rate by now', () => {
    const held = full('tpm', 1000, 30_000, 200)
    const asked = (amount: number, tokens: number) => held.fullFor(rate('tpm', amount), tokens, 1500) === 0
    expect([asked(1000, 200), asked(1000, 201), asked(1000, 199), asked(2000, 200), asked(500, 200)]).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
  })

  test('that never has so much is never said to have it', () => {
    expect(full('tpm', 100, null, 200).fullFor(rate('tpm', 100), 200, 1001)).toBe(Infinity)
  })

  test('is not full any more once something of it was handed out', () => {
    const held = full('rpm', 10, 30_000)
    held.hear(wantOf('rpm', 10), packet(1), 1090, 1100)
    expect(held.fullFor(rate('rpm', 10), 1, 1100)).toBe(0)
  })

  test('is missed for a second, or until all of it is there again', () => {
    const held = new HeldRate()
    expect(held.isInUse(0)).toBe(false)
    held.hear(wantOf('rpm', 10), { fullMs: 200, remaining: 0, resetMs: 300 }, 990, 1000)
    expect([1999, 2000].map((now) => held.isInUse(now))).toEqual([true, false])
    held.hear(wantOf('rpm', 10), { fullMs: 200, remaining: 5, resetMs: 9000 }, 990, 1000)
    expect([9999, 10_000].map((now) => held.isInUse(now))).toEqual([true, false])
  })
})

/** With a packet of three, asked for at 1000 and heard at 1010. */
function three(): HeldRate {
  const held = new HeldRate()
  expect(held.hear(wantOf('rpm', 10), packet(3), 1000, 1010)).toBeUndefined()
  return held
}

describe('a packet', () => {
  test('is used for 245 ms from when it was asked for, as far as it goes', () => {
    const held = three()
    expect([held.has(3, 1244), held.has(4, 1244), held.has(1, 1245)]).toEqual([true, false, false])
    expect([held.use(2), held.has(1, 1244), held.has(2, 1244)]).toEqual([500, true, false])
  })

  test('that is heard so late that nothing of it can be used goes back', () => {
    const held = new HeldRate()
    expect(held.hear(wantOf('rpm', 10), packet(3, 7), 1000, 1245)).toEqual({ said: 'used', id: 7, used: 0 })
    expect(held.has(1, 1245)).toBe(false)
  })

  test('takes back what was used of it while it may be used, and of no other', () => {
    const held = three()
    held.use(2)
    expect([held.giveBack(499, 1, 1100), held.giveBack(500, 1, 1245)]).toEqual([false, false])
    expect([held.giveBack(500, 1, 1244), held.has(2, 1244)]).toEqual([true, true])
    held.use(2)
    // It is used up: who hands it back would say nothing of it.
    expect(held.giveBack(500, 1, 1100)).toBe(false)
  })

  test('of which something is left goes back when the next one comes, once', () => {
    const held = three()
    held.use(2)
    const first = held.unused
    expect(held.hear(wantOf('rpm', 10), packet(5, 2), 1020, 1030)).toEqual({ said: 'used', id: 1, used: 2 })
    expect(first === undefined ? 'none' : held.end(first)).toBeUndefined()
    expect([held.has(5, 1030), held.has(6, 1030)]).toEqual([true, false])
  })

  test('of which nothing is left has nothing to go back', () => {
    const held = three()
    held.use(3)
    expect([held.unused, held.hear(wantOf('rpm', 10), packet(1, 2), 1020, 1030)]).toEqual([undefined, undefined])
  })

  test('is used no more after its end', () => {
    const held = three()
    const { unused } = held
    expect(unused === undefined ? 'none' : held.end(unused)).toEqual({ said: 'used', id: 1, used: 0 })
    expect([held.has(1, 1100), held.unused, held.giveBack(500, 1, 1100)]).toEqual([false, undefined, false])
  })

  test('counts as left of its rate, which is whole again in the end', () => {
    const held = three()
    held.use(1)
    const ten = rate('rpm', 10)
    expect(held.standing(ten, 1100)).toEqual({ applied: ten, remaining: 5, resetMs: 59_910 })
    // Never more than the rate, which may have been lowered.
    expect(held.standing(rate('rpm', 4), 1100).remaining).toBe(4)
    expect(held.standing(ten, 61_009)).toMatchObject({ remaining: 5, resetMs: 1 })
    expect(held.standing(ten, 61_010)).toMatchObject({ remaining: 10, resetMs: 0 })
    expect(held.standing(ten, 99_999)).toMatchObject({ remaining: 10, resetMs: 0 })
  })
})

describe('a place among those under way', () => {
  const one = rate('max_parallel', 10)

  test('is there for who waits for it, and then for nobody here', () => {
    const held = new HeldRate()
    held.hear(wantOf('max_parallel', 10), packet(2), 1000, 1010)
    expect([held.has(2, 9_999_999), held.has(3, 1010), held.isInUse(99_999)]).toEqual([true, false, true])
    expect(held.standing(one, 1010).remaining).toBe(5)
    held.use(1)
    expect(held.isInUse(99_999)).toBe(true)
    held.putBack(2)
    expect([held.takeIdle(), held.takeIdle(), held.has(1, 1010)]).toEqual([3, 0, false])
    // What was heard of it does not grow old: nobody knows when one ends.
    expect(held.standing(one, 99_999).remaining).toBe(3)
  })
})
