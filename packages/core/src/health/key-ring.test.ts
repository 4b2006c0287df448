import type { Upstream } from '../transport.ts'
import { KeyMarks } from './key-marks.ts'
import { KeyRing } from './key-ring.ts'

const [one, two, three]: [Upstream, Upstream, Upstream] = ['1', '2', '3'].map((credential) => ({
  id: 'lab',
  origin: 'http://lab',
  credential,
})) as [Upstream, Upstream, Upstream]
const none: ReadonlySet<Upstream> = new Set()

test('keys take turns', () => {
  const ring = new KeyRing([one, two, three])
  expect([1, 2, 3, 4].map(() => ring.next(0, none))).toEqual([one, two, three, one])
})

test('a key that this request has spent is left out', () => {
  const ring = new KeyRing([one, two, three])
  expect(ring.next(0, new Set([one]))).toBe(two)
  expect(ring.hasBeside(new Set([one, two]))).toBe(true)
  expect(ring.hasBeside(new Set([one, two, three]))).toBe(false)
  expect(ring.next(0, new Set([one, two, three]))).toBeUndefined()
})

test('a key that was refused is passed over for a minute, unless there is no other', () => {
  const ring = new KeyRing([one, two])
  ring.refuse(one, 0)
  expect([1, 2, 3].map(() => ring.next(59_999, none))).toEqual([two, two, two])
  expect(ring.next(59_999, new Set([two]))).toBe(one)
  expect([1, 2].map(() => ring.next(60_000, none))).toContain(one)
})

test('a key that another replica was refused with is passed over for as long, unless there is no other', () => {
  const marks = new KeyMarks()
  const ring = new KeyRing([one, two], marks)
  marks.passOver('1', 0, 5000)
  expect([1, 2, 3].map(() => ring.next(4999, none))).toEqual([two, two, two])
  expect(ring.next(4999, new Set([two]))).toBe(one)
  expect([1, 2].map(() => ring.next(5000, none))).toContain(one)
  expect(marks.of('1').state).toBe('unknown')
})

test('a single key is always the one', () => {
  const ring = new KeyRing([one])
  ring.refuse(one, 0)
  expect(ring.next(0, none)).toBe(one)
})

test('a key is found by what it is', () => {
  const ring = new KeyRing([one, two, three])
  expect(ring.find((credential) => credential === '2')).toBe(two)
  expect(ring.find(() => false)).toBeUndefined()
})

test('what became of a key the last time is marked, wherever the provider is asked', () => {
  const marks = new KeyMarks()
  const [here, there] = [new KeyRing([one, two], marks), new KeyRing([two], marks)]
  expect(marks.of('1')).toEqual({ state: 'unknown', at: undefined })
  here.accept(one, 5)
  here.refuse(two, 6)
  expect([marks.of('1'), marks.of('2')]).toEqual([
    { state: 'works', at: 5 },
    { state: 'refused', at: 6 },
  ])
  there.accept(two, 7)
  expect(marks.of('2')).toEqual({ state: 'works', at: 7 })
})
