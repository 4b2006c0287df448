import type { Upstream } from '../transport.ts'
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
