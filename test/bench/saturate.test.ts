import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { saturate } from '../../bench/load/saturate.ts'

const ask = { model: 'mock-small', stream: false, prompt: { kind: 'prose', bytes: 100 } } as const
const watched = { serverPid: undefined, upstreamPid: process.pid, serverCore: undefined }

let answered = 0
/** Which answers fail, counted from 1. */
let failing = Infinity
const server = createServer((request, response) => {
  request.resume()
  answered += 1
  response.writeHead(answered >= failing ? 500 : 200, { 'content-length': 2 }).end('{}')
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())
beforeEach(() => {
  answered = 0
  failing = Infinity
})

const job = (warmUp: number, window: number) =>
  ({
    kind: 'saturate',
    endpoint: { port: (server.address() as AddressInfo).port, headers: {} },
    ask,
    connections: 4,
    warmUpMs: 60_000,
    windowMs: 60_000,
    answers: { warmUp, window },
    watched,
  }) as const

test.each([
  { warmUp: 0, window: 50 },
  { warmUp: 30, window: 20 },
])('a window of $window answers after $warmUp has exactly as many', async ({ warmUp, window }) => {
  const result = await saturate(job(warmUp, window))
  expect(result).toMatchObject({ count: window, errors: 0 })
  // Beside those, at most what every connection had under way at its end.
  expect(answered).toBeGreaterThanOrEqual(warmUp + window)
  expect(answered).toBeLessThan(warmUp + window + 4)
})

test('a server that only fails ends the window, and is reported', async () => {
  failing = 1
  const result = await saturate(job(10, 20))
  expect(result.count).toBe(0)
  expect(result.errors).toBeGreaterThan(0)
})
