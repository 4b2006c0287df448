import fc from 'fast-check'
import { parseRetryAfter } from './retry-after.ts'

const now = Date.UTC(2026, 9, 21, 7, 28)

test.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': ' 2 ' }, 2000],
  [{ 'retry-after': '0.25' }, 250],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after-ms': '120' }, 120],
  [{ 'retry-after-ms': '120', 'retry-after': '9' }, 120],
  [{ 'retry-after-ms': ' 120 ' }, 120],
  [{ 'retry-after-ms': '86400000' }, 86_400_000],
  [{ 'retry-after-ms': '86400001' }, undefined],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9000],
  [{ 'retry-after-ms': '', 'retry-after': '9' }, 9000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wednesday, 21-Oct-26 07:28:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT' }, 0],
  [{ 'retry-after': 'Wed, 21 Oct 2027 07:28:00 GMT' }, undefined],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': '1000000000' }, undefined],
  [{ 'retry-after': '1e9' }, undefined],
  [{ 'retry-after': '0x10' }, undefined],
  [{ 'retry-after': 'Infinity' }, undefined],
  [{ 'retry-after': 'soon 12' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after-ms': '-5' }, undefined],
  [{}, undefined],
])('%j asks to wait %p ms', (headers, ms) => {
  expect(parseRetryAfter(headers, now)).toBe(ms)
})

test("a date counts from the reply's own clock, which may differ from ours", () => {
  const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }
  expect(parseRetryAfter(headers)).toBe(30_000)
  expect(parseRetryAfter({ 'retry-after': headers['retry-after'] })).toBeUndefined()
})

test('whole seconds, fractions, milliseconds and dates all read back', () => {
  fc.assert(
    fc.property(fc.nat(86_400), (seconds) => {
      const date = new Date(now + seconds * 1000).toUTCString()
      expect(parseRetryAfter({ 'retry-after': String(seconds) })).toBe(seconds * 1000)
      expect(parseRetryAfter({ 'retry-after-ms': String(seconds) })).toBe(seconds)
      expect(parseRetryAfter({ 'retry-after': (seconds / 1000).toFixed(3) })).toBe(seconds)
      expect(parseRetryAfter({ 'retry-after': date }, now)).toBe(seconds * 1000)
    }),
  )
})

test('whatever an upstream sends, the wait is a whole number up to a day, or unknown', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.string(), fc.double().map(String)), (ms, value) => {
      const wait = parseRetryAfter({ 'retry-after-ms': ms, 'retry-after': value }, now) ?? 0
      expect(Number.isInteger(wait) && wait >= 0 && wait <= 86_400_000).toBe(true)
    }),
  )
})
