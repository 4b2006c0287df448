import { hashesToAsk, upstreamHash } from './upstream-hash.ts'

test.each([0, 1, 32_767, 32_768, 32_769, 99_999, 1_000_000])('rows up to the number %i are all asked for', (lastN) => {
  const hashes = hashesToAsk('chatcmpl-1', lastN)
  const rows = [0, 1, 32_767, 32_768, 65_535, 65_536, 99_999, 999_999, 1_000_000].filter((n) => n <= lastN)
  expect(hashes).toEqual(expect.arrayContaining(rows.map((n) => upstreamHash('chatcmpl-1', n))))
  expect(hashes.length).toBe(Math.floor(lastN / 32_768) + 1)
})

test('rows that were written one after the other lie together, whatever their ids', () => {
  const first = Array.from({ length: 32_768 }, (_, n) => upstreamHash(`chatcmpl-${n}`, n))
  const next = Array.from({ length: 32_768 }, (_, n) => upstreamHash(`chatcmpl-${n}`, n + 32_768))
  expect(Math.max(...first)).toBeLessThan(Math.min(...next))
  expect(Math.min(...first)).toBeGreaterThan(0)
})

test('however many rows an owner has, hashes stay exact', () => {
  const [last, more] = [2 ** 36, 2 ** 40 - 1].map((n) => upstreamHash('chatcmpl-1', n))
  expect(last).toBe(more)
  expect(Number.isSafeInteger(last)).toBe(true)
})
