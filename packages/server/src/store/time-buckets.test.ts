import { countTime, mergeTimes, readTimes, timeAt, writeTimes, type TimeBuckets } from './time-buckets.ts'

const bucketsOf = (...times: readonly number[]): TimeBuckets => {
  const buckets: TimeBuckets = new Map()
  for (const time of times) countTime(buckets, time)
  return buckets
}

test.each([0.004, 0.7, 1, 3, 99.5, 100, 1234, 600_000])('a percentile of %d ms is at most a tenth off', (ms) => {
  const told = timeAt(bucketsOf(ms), 0.5) ?? 0
  expect(Math.abs(told - Math.max(ms, 0.01)) / Math.max(ms, 0.01)).toBeLessThanOrEqual(0.1)
})

test('the median and the 95th percentile of a hundred are those of the 50th and the 95th', () => {
  const times = Array.from({ length: 100 }, (_, index) => (index < 50 ? 10 : index < 95 ? 100 : 5000))
  const buckets = bucketsOf(...times)
  expect(timeAt(buckets, 0.5)).toBe(timeAt(bucketsOf(10), 1))
  expect(timeAt(buckets, 0.95)).toBe(timeAt(bucketsOf(100), 1))
  expect(timeAt(buckets, 0.96)).toBe(timeAt(bucketsOf(5000), 1))
})

test('of nothing there is no percentile', () => {
  expect(timeAt(new Map(), 0.5)).toBeUndefined()
})

test('two that are added up are as if all had been counted in one, and stay so when they are kept', () => {
  const all = bucketsOf(1, 5)
  mergeTimes(all, readTimes(writeTimes(bucketsOf(5, 80))))
  expect(writeTimes(all)).toBe(writeTimes(bucketsOf(80, 5, 1, 5)))
})
