import fc from 'fast-check'
import { retryDelay } from './retry-delay.ts'

test.each([
  { retries: 0, random: 0.5, delay: 500 },
  { retries: 1, random: 0.5, delay: 1000 },
  { retries: 2, random: 0.5, delay: 2000 },
  { retries: 4, random: 0.5, delay: 5000 },
  { retries: 4000, random: 0.5, delay: 5000 },
  { retries: 0, random: 0, delay: 400 },
  { retries: 0, random: 0.999_999, delay: 600 },
])('after $retries retries the wait is $delay ms', ({ retries, random, delay }) => {
  expect(retryDelay(retries, undefined, () => random)).toBe(delay)
})

test.each([
  { asked: 0, delay: 0 },
  { asked: 20, delay: 20 },
  { asked: 10_000, delay: 10_000 },
  { asked: 10_001, delay: undefined },
])('an upstream that asks for $asked ms gets $delay', ({ asked, delay }) => {
  expect(retryDelay(3, asked, () => 0)).toBe(delay)
})

test('the wait is never longer than six seconds', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (retries, random) => {
      const delay = retryDelay(retries, undefined, () => random) ?? Infinity
      expect(delay >= 400 && delay <= 6000).toBe(true)
    }),
  )
})
