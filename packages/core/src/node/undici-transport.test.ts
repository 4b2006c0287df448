import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import type { Exchange, Headers, TransportFailure, UpstreamRequest } from '../transport.ts'
import { createUndiciTransport, type UndiciTransport } from './undici-transport.ts'

let transport: UndiciTransport
let server: Server
let handle: (request: IncomingMessage, response: ServerResponse) => void
let origin: string

beforeEach(async () => {
  transport = createUndiciTransport()
  server = createServer((request, response) => handle(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await transport.close()
})

interface Heard {
  status?: number
  headers?: Headers
  body: string
  /** What was told at a time. */
  pieces: string[]
  end?: 'end' | TransportFailure
}

/** Sends, and collects what is heard until the end. */
function send(request: Partial<UpstreamRequest> = {}, to = { origin, credential: '' }) {
  const heard: Heard = { body: '', pieces: [] }
  const { promise: over, resolve } = Promise.withResolvers<Heard>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  let inside = true
  const note = (): void => {
    if (inside) throw new Error('called inside send')
    if (heard.end !== undefined) throw new Error('called after the end')
  }
  const exchange: Exchange = transport.send(
    { id: 'up', ...to },
    { method: 'GET', path: '/x', headers: {}, ...request },
    {
      head(status, headers) {
        note()
        Object.assign(heard, { status, headers })
      },
      data(chunk) {
        note()
        const text = Buffer.from(chunk).toString()
        heard.body += text
        heard.pieces.push(text)
        begin()
      },
      end() {
        note()
        heard.end = 'end'
        resolve(heard)
      },
      fail(failure) {
        note()
        heard.end = failure
        resolve(heard)
      },
    },
  )
  inside = false
  return { exchange, over, begun, heard }
}

const post = { method: 'POST', headers: { 'content-type': 'application/json' } } as const

test('a request arrives whole, in one piece, below the base path, with the key', async () => {
  let seen: { url?: string | undefined; headers: IncomingMessage['headers']; body: string } | undefined
  handle = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    seen = { url: request.url, headers: request.headers, body }
    response.writeHead(201, { 'X-Thing': 'a', 'set-cookie': ['a=1', 'b=2'] }).end('answer')
  }
  const body = [Buffer.from('{"a":'), new Uint8Array(Buffer.from('1')), Buffer.from('}')]
  const { over } = send({ ...post, path: '/chat?x=1', body }, { origin: `${origin}/base/v1`, credential: 'secret' })
  expect(await over).toEqual({
    status: 201,
    headers: expect.objectContaining({ 'x-thing': 'a', 'set-cookie': 'a=1, b=2' }),
    body: 'answer',
    pieces: ['answer'],
    end: 'end',
  })
  expect(seen).toMatchObject({ url: '/base/v1/chat?x=1', body: '{"a":1}' })
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-length': '7',
    'content-type': 'application/json',
  })
  expect(seen?.headers).not.toHaveProperty('transfer-encoding')
})

test('a large body that comes in pieces is sent as it is, with its length', async () => {
  const pieces = ['a'.repeat(3), 'b'.repeat(700_000), '', 'c'.repeat(1000), 'd'.repeat(900_000)]
  let seen: { headers: IncomingMessage['headers']; body: string } | undefined
  handle = (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      seen = { headers: request.headers, body }
      response.end('answer')
    })
  }
  const body = pieces.map((piece) => Buffer.from(piece))
  expect(await send({ method: 'POST', body }).over).toMatchObject({ status: 200, body: 'answer' })
  expect(seen?.body === pieces.join('')).toBe(true)
  expect(seen?.headers['content-length']).toBe('1601003')
  expect(seen?.headers['transfer-encoding']).toBeUndefined()
})

test('a large body may be answered before it has gone', async () => {
  handle = (_, response) => response.writeHead(400, { connection: 'close' }).end('No.')
  const body = [Buffer.from('{'), Buffer.alloc(20_000_000, 'x')]
  const { status, end } = await send({ method: 'POST', body }).over
  // Some systems lose the answer to a request that they could not take in.
  expect(status ?? end).toEqual(status === undefined ? expect.objectContaining({ sent: true }) : 400)
})

test('without a key no credential is sent', async () => {
  handle = (request, response) => response.end(String('authorization' in request.headers))
  expect((await send().over).body).toBe('false')
})

test('a redirect is an answer, and nobody follows it', async () => {
  const asked: (string | undefined)[] = []
  handle = (request, response) => {
    asked.push(request.url)
    response.writeHead(302, { location: `${origin}/elsewhere` }).end()
  }
  expect(await send().over).toMatchObject({ status: 302, end: 'end' })
  expect(asked).toEqual(['/x'])
})

test('an early hint is not the answer', async () => {
  handle = (_, response) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' })
    response.end('late')
  }
  expect(await send().over).toMatchObject({ status: 200, body: 'late' })
})

test('connections are used again', async () => {
  const ports = new Set<number | undefined>()
  handle = (request, response) => {
    ports.add(request.socket.remotePort)
    response.end('x')
  }
  for (let turn = 0; turn < 3; turn += 1) {
    await send().over
    // The connection is free only once its answer has been handed over.
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(ports.size).toBe(1)
})

test.each([
  { sent: ['one', 'two', 'three'], told: ['onetwothree'] },
  { sent: ['a'.repeat(3000), 'b'.repeat(3000)], told: ['a'.repeat(3000), 'b'.repeat(3000)] },
])('of what one read brings, small pieces are told together and large ones as they are: $told.length', async (row) => {
  const chunks = row.sent.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
  const raw = createSocketServer((socket) => {
    socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`))
  })
  await once(raw.listen(0, '127.0.0.1'), 'listening')
  const to = { origin: `http://127.0.0.1:${(raw.address() as AddressInfo).port}`, credential: '' }
  const { pieces, end } = await send({}, to).over
  raw.close()
  expect(pieces).toEqual(row.told)
  expect(end).toBe('end')
})

test('many requests at once do not wait for each other', async () => {
  const waiting: ServerResponse[] = []
  handle = (_, response) => {
    waiting.push(response)
    if (waiting.length === 200) for (const each of waiting) each.end('x')
  }
  const all = await Promise.all(Array.from({ length: 200 }, () => send().over))
  expect(all.every(({ end }) => end === 'end')).toBe(true)
})

describe('what fails below HTTP is told apart', () => {
  test('a refused connection', async () => {
    const closed = createServer()
    await once(closed.listen(0, '127.0.0.1'), 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    expect((await send({}, { origin: `http://127.0.0.1:${port}`, credential: '' }).over).end).toMatchObject({
      kind: 'refused',
      sent: false,
    })
  })

  test('a name that is not there', async () => {
    expect((await send({}, { origin: 'http://x.invalid', credential: '' }).over).end).toMatchObject({
      kind: 'dns',
      sent: false,
    })
  })

  test('a plain port where TLS should be', async () => {
    handle = (_, response) => response.end()
    expect((await send({}, { origin: origin.replace('http', 'https'), credential: 'secret' }).over).end).toMatchObject({
      kind: 'tls',
      sent: false,
    })
  })

  test.each([
    ['a reset before the answer', (response: ServerResponse) => response.socket?.resetAndDestroy()],
    ['a close before the answer', (response: ServerResponse) => response.socket?.destroy()],
  ])('%s', async (_, cut) => {
    handle = (request, response) => request.resume().on('end', () => cut(response))
    expect((await send({ ...post, body: [Buffer.from('{}')] }).over).end).toMatchObject({ kind: 'reset', sent: true })
  })

  test.each([
    ['a reset in the middle of a body', {}, (response: ServerResponse) => response.socket?.resetAndDestroy()],
    [
      'a body shorter than it was said to be',
      { 'content-length': '100' },
      (response: ServerResponse) => response.socket?.end(),
    ],
  ])('%s, after what had come', async (_, headers, cut) => {
    handle = (__, response) => {
      response.writeHead(200, headers)
      response.write('half', () => setImmediate(() => cut(response)))
    }
    const { over, begun } = send()
    await begun
    expect(await over).toMatchObject({ status: 200, body: 'half', end: { kind: 'reset', sent: true } })
  })

  test('headers without end', async () => {
    handle = (_, response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end()
    expect((await send().over).end).toMatchObject({ kind: 'other' })
  })

  test('an address that is none', async () => {
    expect(() => send({}, { origin: 'nowhere', credential: '' })).toThrow('Invalid URL')
  })
})

describe('a reply under way', () => {
  test('stops coming while it is paused, and goes on where it stopped', async () => {
    const size = 64 * 1024 * 1024
    let response: ServerResponse | undefined
    handle = (_, answering) => {
      response = answering
      answering.end(Buffer.alloc(size, 'x'))
    }
    const { exchange, over, begun, heard } = send()
    await begun
    exchange.pause()
    exchange.pause()
    const seen = heard.body.length
    // A round trip on another connection: long enough for anything under way to have arrived.
    handle = (_, answering) => answering.end('other')
    for (let turn = 0; turn < 5; turn += 1) await send().over
    expect(heard.body.length - seen).toBeLessThan(1024 * 1024)
    expect(response?.writableFinished).toBe(false)
    exchange.resume()
    expect((await over).body).toHaveLength(size)
  })

  test.each(['while it comes', 'before it has begun', 'while it is paused'])(
    'is aborted %s: the connection closes at once',
    async (when) => {
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      const { promise: asked, resolve: arrive } = Promise.withResolvers<void>()
      handle = (request, response) => {
        request.socket.once('close', () => resolve())
        if (when !== 'before it has begun') response.write('some')
        arrive()
      }
      const { exchange, over, begun } = send()
      await (when === 'before it has begun' ? asked : begun)
      if (when === 'while it is paused') exchange.pause()
      exchange.abort()
      exchange.abort()
      expect((await over).end).toMatchObject({ kind: 'aborted' })
      await closed
    },
  )

  test('is aborted before there is a connection: nothing is asked', async () => {
    let asked = 0
    handle = (_, response) => {
      asked += 1
      response.end()
    }
    const { exchange, over } = send()
    exchange.abort()
    expect((await over).end).toMatchObject({ kind: 'aborted' })
    await send().over
    expect(asked).toBe(1)
  })

  test('is aborted when it is all there, but not told yet: its end is not told', async () => {
    handle = (_, response) => response.end('x')
    let exchange: Exchange | undefined
    const failure = await new Promise<TransportFailure>((resolve, reject) => {
      exchange = transport.send(
        { id: 'up', origin, credential: '' },
        { method: 'GET', path: '/x', headers: {} },
        {
          head() {},
          data: () => exchange?.abort(),
          end: () => reject(new Error('told of an end')),
          fail: resolve,
        },
      )
    })
    expect(failure).toMatchObject({ kind: 'aborted', sent: true })
    expect((await send().over).body).toBe('x')
  })

  test('ends for a sink that throws, too', async () => {
    handle = (_, response) => response.end('x')
    const cause = new Error('a bug')
    const failure = await new Promise<TransportFailure>((resolve) => {
      const sink = {
        head() {},
        data() {
          throw cause
        },
        end() {},
        fail: resolve,
      }
      transport.send({ id: 'up', origin, credential: '' }, { method: 'GET', path: '/x', headers: {} }, sink)
    })
    expect(failure).toEqual({ kind: 'other', sent: true, cause })
  })

  test('takes an abort after its end in good part', async () => {
    handle = (_, response) => response.end('x')
    const { exchange, over } = send()
    const heard = await over
    exchange.abort()
    exchange.resume()
    expect(heard.end).toBe('end')
  })
})
