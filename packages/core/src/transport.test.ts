import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFakeTransport, json, stream, word, type ReplyScript } from './attempt/transport.fake.ts'
import { createUndiciTransport, type UndiciTransport } from './node/undici-transport.ts'
import { createFakeClock } from './sandbox/clock.fake.ts'
import { createSandbox, sandboxOrigin } from './sandbox/sandbox.ts'
import { describeTransport, type TransportCase, type TransportCases } from './transport.contract.ts'
import type { UpstreamRequest } from './transport.ts'
import { createFetchTransport } from './web/fetch-transport.ts'

const post = (path: string, body: object): UpstreamRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: [Buffer.from(JSON.stringify(body))],
})

const overNetwork = [
  { name: 'undici', create: createUndiciTransport },
  { name: 'fetch', create: () => ({ ...createFetchTransport(), close: () => Promise.resolve() }) },
]

for (const { name, create } of overNetwork) describeTransport(name, () => onNetwork(create()))

async function onNetwork(transport: UndiciTransport): Promise<TransportCases> {
  const handlers: Record<string, (response: ServerResponse) => void> = {
    '/whole': (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":"whole"}'),
    '/pieces': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let left = 40
      const timer = setInterval(() => {
        left -= 1
        if (left > 0) response.write(`data: ${left}\n\n`)
        else {
          clearInterval(timer)
          response.end('data: last\n\n')
        }
      }, 2)
    },
    '/hangs': (response) => void response.writeHead(200, {}).write('x'),
    '/breaks': (response) => {
      response.writeHead(200, {}).write('x')
      setTimeout(() => response.destroy(), 10)
    },
  }
  const server = createServer((request, response) => {
    if (request.url === '/echoes') {
      response.writeHead(200)
      request.on('error', () => {}).pipe(response)
      return
    }
    request.resume()
    handlers[request.url ?? '']?.(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const closed = createServer()
  await once(closed.listen(0, '127.0.0.1'), 'listening')
  const nobody = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
  closed.close()
  const at = (path: string, where = origin): TransportCase => ({
    to: { id: 'up', origin: where, credential: '' },
    request: post(path, { a: 1 }),
  })
  return {
    transport,
    whole: { ...at('/whole'), says: 'whole' },
    pieces: { ...at('/pieces'), endsWith: 'data: last\n\n' },
    hangs: at('/hangs'),
    echoes: at('/echoes'),
    breaks: at('/breaks'),
    refuses: at('/x', nobody),
    async close() {
      server.closeAllConnections()
      server.close()
      await transport.close()
    },
  }
}

const toSandbox = (model: string, more: object = {}): TransportCase => ({
  to: { id: 'sandbox', origin: sandboxOrigin, credential: '' },
  request: post('/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }], ...more }),
})
describeTransport('the sandbox', () => {
  const clock = createFakeClock()
  return Promise.resolve({
    transport: createSandbox({ clock }),
    whole: { ...toSandbox('speka/sandbox'), says: 'You said' },
    pieces: { ...toSandbox('speka/sandbox:slow', { stream: true }), endsWith: 'data: [DONE]\n\n' },
    hangs: toSandbox('speka/sandbox:stall@3', { stream: true }),
    breaks: toSandbox('speka/sandbox:cut@3', { stream: true }),
    refuses: toSandbox('speka/sandbox:refused'),
    pass: () => clock.advance(5),
    close: () => Promise.resolve(),
  })
})

const toScript = (path: string): TransportCase => ({
  to: { id: 'up', origin: 'http://up', credential: '' },
  request: post(path, { a: 1 }),
})
describeTransport('the scripted transport of the tests', () => {
  const clock = createFakeClock()
  const scripts: Record<string, ReplyScript> = {
    '/whole': json(200, { a: 'whole' }),
    '/pieces': stream([word('a'), word('b'), word('c'), 'data: last\n\n']).map((step) => ({ ...step, after: 2 })),
    '/hangs': [{ head: 200 }, { data: 'x' }],
    '/breaks': [{ head: 200 }, { data: 'x' }, { fail: 'reset', after: 1 }],
    '/refuses': [{ fail: 'refused', sent: false }],
  }
  return Promise.resolve({
    transport: createFakeTransport(clock, ({ path }) => scripts[path] ?? []),
    whole: { ...toScript('/whole'), says: 'whole' },
    pieces: { ...toScript('/pieces'), endsWith: 'data: last\n\n' },
    hangs: toScript('/hangs'),
    breaks: toScript('/breaks'),
    refuses: toScript('/refuses'),
    pass: () => clock.advance(1),
    close: () => Promise.resolve(),
  })
})
