import { HeadLimit, MOST_HEAD_BYTES } from './limit-head.ts'

const END = '\r\n\r\n'
const head = (bytes: number): string => `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(bytes / 6)}`

/** Whether a head that comes in such pieces is above the limit, piece by piece. */
const above = (...pieces: readonly string[]): boolean[] => {
  const limit = new HeadLimit()
  return pieces.map((piece) => limit.isAbove(Buffer.from(piece), 1))
}

test('a head without an end is above the limit as soon as it is longer than that', () => {
  expect(above(head(64 * 1024))).toEqual([true])
  expect(above(head(10 * 1024), head(5 * 1024), head(1024))).toEqual([false, false, true])
  expect(above('x'.repeat(MOST_HEAD_BYTES))).toEqual([false])
})

test('a head that ends in time is within it, however much comes behind', () => {
  const body = 'x'.repeat(100_000)
  expect(above(`HTTP/1.1 200 OK${END}${body}`)).toEqual([false])
  expect(above(head(10 * 1024), `${END}${body}`)).toEqual([false, false])
})

test.each([1, 2, 3])('an end that comes in two pieces is one: %d', (bytes) => {
  expect(above(head(1024) + END.slice(0, bytes), `${END.slice(bytes)}${'x'.repeat(100_000)}`)).toEqual([false, false])
})

test('each answer on a connection is counted by itself', () => {
  const limit = new HeadLimit()
  for (const request of [1, 2, 3]) expect(limit.isAbove(Buffer.from(head(10 * 1024)), request)).toBe(false)
  expect(limit.isAbove(Buffer.from(head(10 * 1024)), 3)).toBe(true)
})
