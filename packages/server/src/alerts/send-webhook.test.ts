import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createUndiciTransport } from '@speka/core/node'
import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { ANSWER_MS, sendWebhooksOver } from './send-webhook.ts'

const transport = createUndiciTransport()
afterAll(() => transport.close())

let clock: FakeClock
beforeEach(() => {
  clock = createFakeClock()
})

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A receiver on this machine. @returns its address. */
async function receiver(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const send = (url: string, signal = new AbortController().signal) =>
  sendWebhooksOver(() => transport, clock)({ url, headers: { 'webhook-id': 'alert_1' }, body: '{"é":1}' }, signal)

test('a message arrives as it is, and 2xx takes it', async () => {
  const arrived = Promise.withResolvers<{ request: IncomingMessage; body: string }>()
  const url = await receiver((request, response) => {
    void text(request).then((body) => {
      arrived.resolve({ request, body })
      response.writeHead(204).end()
    })
  })
  expect(await send(url)).toBeUndefined()
  const { request, body } = await arrived.promise
  expect(body).toBe('{"é":1}')
  expect([request.method, request.url]).toEqual(['POST', '/hook'])
  expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'alert_1' })
})

test.each([500, 404, 410])('an answer of %d does not take it', async (status) => {
  const url = await receiver((_, response) => response.writeHead(status).end('no'))
  expect(await send(url)).toBe(`it answered ${status}`)
})

test.each([301, 302, 307, 308])('a redirect by %d is not followed', async (status) => {
  let asked = 0
  const url = await receiver((_, response) => {
    asked += 1
    response.writeHead(status, { location: '/elsewhere' }).end()
  })
  expect(await send(url)).toBe(`it answered ${status}`)
  expect(asked).toBe(1)
})

test('an answer that goes on for ever is not read', async () => {
  const url = await receiver((_, response) => {
    response.writeHead(200)
    const write = (): void => void response.write(Buffer.alloc(65_536), () => !response.destroyed && write())
    write()
  })
  expect(await send(url)).toBeUndefined()
})

test('a connection that is dropped, or refused, is said to be', async () => {
  const url = await receiver((request) => request.socket.destroy())
  expect(await send(url)).toBe('it dropped the connection')
  server?.close()
  await once(server ?? process, 'close')
  expect(await send(url)).toBe('it refused the connection')
})

test('a receiver that hangs is left when the gateway stops', async () => {
  const stop = new AbortController()
  const url = await receiver(() => stop.abort())
  expect(await send(url, stop.signal)).toBe('the gateway stopped')
})

test('a receiver that hangs has ten seconds', async () => {
  const asked = Promise.withResolvers<void>()
  const url = await receiver(() => asked.resolve())
  const sent = send(url)
  await asked.promise
  await clock.advance(ANSWER_MS)
  expect(await sent).toBe('it did not answer within 10 s')
  expect(clock.pending()).toBe(0)
})
