import { judgeRate, type Arrival } from './judge-rate.ts'

const at = (ms: number, lateMs = 0): Arrival => ({
  sentAt: ms,
  answeredAt: ms + lateMs + 1,
  arrivedAt: ms + lateMs,
  retryAfter: undefined,
})
const refused = (ms: number, retryAfter: number): Arrival => ({ ...at(ms), arrivedAt: undefined, retryAfter })

test('as many as a window of 60 s holds anywhere are counted, not those of a minute of the clock', () => {
  expect(judgeRate(2, [at(59_000), at(59_500), at(60_500), at(61_000)])).toMatchObject({ most: 4, mostForCertain: 4 })
  expect(judgeRate(2, [at(0), at(1), at(60_000), at(60_001)])).toMatchObject({ most: 2 })
})

test('one that came late may have been admitted before, which is not held against the gateway for certain', () => {
  expect(judgeRate(1, [at(0, 500), at(60_100)])).toMatchObject({ most: 2, mostForCertain: 1 })
})

test('what could have been admitted is what a limiter without delay admits of the same requests', () => {
  const all = [at(0), at(1), refused(2, 60), refused(59_999, 1), refused(60_000, 1), at(60_001)]
  expect(judgeRate(2, all)).toMatchObject({ admitted: 3, ideal: 4 })
})

test('what counts for more is counted for more', () => {
  expect(
    judgeRate(10, [
      { ...at(0), counts: 7 },
      { ...at(1), counts: 7 },
    ]),
  ).toMatchObject({ most: 14, ideal: 7 })
})

test('a refusal that told to wait for longer than was needed is found', () => {
  expect(judgeRate(1, [at(0), refused(30_000, 31), at(60_500)]).toldTooLate).toBe(0)
  expect(judgeRate(1, [at(0), refused(30_000, 33), at(60_500)]).toldTooLate).toBe(1)
  expect(judgeRate(2, [at(0), refused(10, 60), at(200)]).toldTooLate).toBe(0)
  expect(judgeRate(2, [at(0), refused(10, 60), at(1200)]).toldTooLate).toBe(1)
})
