import fc from 'fast-check'
import { BucketWindow } from './bucket-window.ts'
import type { CountWindow } from './count-window.ts'
import { RingWindow } from './ring-window.ts'

/** Everything by hand: a time counts until the end of its bucket is out of the window. */
class ByHand implements CountWindow {
  readonly #spanMs: number
  readonly #bucketMs: number
  #all: { at: number; amount: number }[] = []

  constructor(spanMs: number, bucketMs: number) {
    this.#spanMs = spanMs
    this.#bucketMs = bucketMs
  }

  counted(now: number): number {
    return this.#all.filter(({ at }) => this.#ends(at) > now).reduce((sum, { amount }) => sum + amount, 0)
  }

  add(at: number, amount: number): void {
    this.#all.push({ at, amount })
  }

  takeBack(at: number, amount: number): void {
    let left = amount
    for (const one of this.#all) {
      if (this.#ends(one.at) !== this.#ends(at)) continue
      const taken = Math.min(left, one.amount)
      one.amount -= taken
      left -= taken
    }
  }

  msUntil(most: number, now: number): number {
    const moments = [now, ...this.#all.map(({ at }) => this.#ends(at)).filter((end) => end > now)]
    return Math.min(...moments.filter((moment) => this.counted(moment) <= most)) - now
  }

  entries(): [number, number][] {
    return this.#all.map(({ at, amount }) => [at, amount])
  }

  #ends(at: number): number {
    return (this.#bucketMs === 0 ? at : (Math.floor(at / this.#bucketMs) + 1) * this.#bucketMs) + this.#spanMs
  }
}

const windows = [
  { of: 'a ring of times', spanMs: 1000, bucketMs: 0, most: 3, make: () => new RingWindow(1000) },
  { of: 'buckets', spanMs: 1000, bucketMs: 100, most: 3, make: () => new BucketWindow(1000, 100) },
  {
    of: 'buckets that do not divide it',
    spanMs: 1025,
    bucketMs: 100,
    most: 3,
    make: () => new BucketWindow(1025, 100),
  },
  { of: 'buckets of many', spanMs: 1000, bucketMs: 100, most: 90_000, make: () => new BucketWindow(1000, 100) },
]

describe.each(windows)('$of', ({ spanMs, bucketMs, most, make }) => {
  const step = fc.record({
    pass: fc.oneof(fc.nat(150), fc.nat(1500), fc.constant(5_000_000)),
    amount: fc.nat(most),
    takeBack: fc.option(fc.record({ which: fc.nat(20), amount: fc.nat(most) }), { nil: undefined }),
    most: fc.nat(most * 3),
  })

  test('counts what a count by hand counts, whatever is added and taken back, however time passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2000, max: 2000 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
        const [window, hand] = [make(), new ByHand(spanMs, bucketMs)]
        const times: number[] = []
        let now = start
        for (const each of steps) {
          now += each.pass
          window.add(now, each.amount)
          hand.add(now, each.amount)
          times.push(now)
          const back = each.takeBack === undefined ? undefined : times.at(-1 - each.takeBack.which)
          if (back !== undefined && each.takeBack !== undefined && back + spanMs > now) {
            window.takeBack(back, each.takeBack.amount)
            hand.takeBack(back, each.takeBack.amount)
          }
          expect(window.counted(now)).toBe(hand.counted(now))
          expect(window.msUntil(each.most, now)).toBe(hand.msUntil(each.most, now))
          const copy = make()
          for (const [at, amount] of window.entries()) copy.add(at, amount)
          expect(copy.msUntil(each.most, now)).toBe(hand.msUntil(each.most, now))
        }
      }),
    )
  })
})

test('a bucket that holds more than it can count is full, and its window goes on', () => {
  const window = new BucketWindow(1000, 100)
  window.add(0, 4_000_000_000)
  window.add(1, 4_000_000_000)
  expect(window.counted(1)).toBe(2 ** 32 - 1)
  expect(window.counted(1100)).toBe(0)
})

test('of buckets nothing is taken back that was counted in another, of a moment that is long past or still ahead', () => {
  const window = new BucketWindow(1000, 100)
  window.add(4800, 3)
  for (const at of [0, 4000, 5600, 8800]) window.takeBack(at, 2)
  expect(window.counted(4800)).toBe(3)
})

test('of a ring what comes with an earlier time than the last counts from that', () => {
  const window = new RingWindow(1000)
  window.add(2000, 1)
  window.add(1500, 1)
  expect([window.counted(2600), window.msUntil(0, 2600)]).toEqual([2, 400])
})

test('buckets in which nothing is left are not given out', () => {
  const window = new BucketWindow(1000, 100)
  window.add(50, 2)
  window.add(250, 3)
  window.takeBack(50, 2)
  expect([...window.entries()]).toEqual([[200, 3]])
})

test('what is restored from a moment ahead does not push out what still counts', () => {
  const window = new BucketWindow(60_000, 100)
  window.add(50, 1)
  window.add(60_000 + 245, 5)
  window.add(60_010, 2)
  expect(window.counted(60_020)).toBe(8)
  expect(window.counted(60_100)).toBe(7)
})
