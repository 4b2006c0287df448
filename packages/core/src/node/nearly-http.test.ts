import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { Headers, TransportFailure } from '../transport.ts'
import { createUndiciTransport, type UndiciTransport } from './undici-transport.ts'

interface Heard {
  status: number
  headers: Headers
  chunks: Buffer[]
  readonly text: string
  failure: TransportFailure | undefined
}

let server: Server
let transport: UndiciTransport
let origin: string
let connections = 0
/** What each request on a connection is answered with. */
let answer: (socket: Socket) => void

beforeEach(async () => {
  connections = 0
  transport = createUndiciTransport()
  server = createServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    socket.on('data', () => answer(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  await transport.close()
  server.close()
})

/** @param enough ends the reply from here once so many bytes have come. */
function ask(enough = Infinity): Promise<Heard> {
  const chunks: Buffer[] = []
  const heard: Heard = {
    status: 0,
    headers: {},
    chunks,
    failure: undefined,
    get text() {
      return Buffer.concat(chunks).toString()
    },
  }
  return new Promise((resolve) => {
    let bytes = 0
    const exchange = transport.send(
      { id: 'up', origin, credential: '' },
      { method: 'GET', path: '/', headers: {} },
      {
        head: (status, headers) => void Object.assign(heard, { status, headers }),
        data(chunk) {
          chunks.push(Buffer.from(chunk))
          bytes += chunk.length
          if (bytes > enough) exchange.abort()
        },
        end: () => resolve(heard),
        fail(failure) {
          heard.failure = failure
          resolve(heard)
        },
      },
    )
  })
}

/** A whole reply. */
const reply = (body: Buffer | string, headers: readonly string[] = []): Buffer =>
  Buffer.concat([
    Buffer.from(['HTTP/1.1 200 OK', `content-length: ${Buffer.byteLength(body)}`, ...headers, '', ''].join('\r\n')),
    Buffer.from(body),
  ])

const said = `{"choices":[{"message":{"content":"${'Grüße '.repeat(20)}"}}]}`

const encodings: Readonly<Record<string, readonly [name: string, encode: (text: string) => Buffer]>> = {
  gzip: ['gzip', gzipSync],
  'gzip by its old name': ['x-gzip', gzipSync],
  'gzip in capitals': ['GZIP', gzipSync],
  deflate: ['deflate', deflateSync],
  'deflate without a head': ['deflate', deflateRawSync],
  brotli: ['br', brotliCompressSync],
  'gzip that is none': ['gzip', Buffer.from],
}

describe.each(Object.entries(encodings))('a reply in %s that nobody asked for', (_, [name, encode]) => {
  const encoded = reply(encode(said), [`content-encoding: ${name}`, 'content-type: application/json'])

  test('comes as it was before', async () => {
    answer = (socket) => socket.write(encoded)
    const heard = await ask()
    expect(heard.text).toBe(said)
    expect(heard.headers['content-type']).toBe('application/json')
    expect([heard.headers['content-encoding'], heard.headers['content-length']]).toEqual([undefined, undefined])
  })

  test('leaves its connection to the next request', async () => {
    answer = (socket) => socket.write(encoded)
    for (let times = 0; times < 20; times += 1) expect((await ask()).text).toBe(said)
    // One is at rest a turn or two of the event loop after its answer.
    expect(connections).toBeLessThan(5)
  })

  test('is broken when it is cut short', async () => {
    answer = (socket) => socket.end(encoded.subarray(0, encoded.length - 20))
    expect((await ask()).failure).toBeDefined()
  })
})

test('events come one by one out of an encoding', async () => {
  const events = Array.from({ length: 3 }, (_, index) => `data: ${index}\n\n`)
  const { createGzip, constants } = await import('node:zlib')
  answer = (socket) => {
    const gzip = createGzip()
    socket.write(
      'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n',
    )
    gzip.on('data', (chunk: Buffer) => socket.write(chunk))
    gzip.on('end', () => socket.end())
    const next = (index: number): void => {
      const event = events[index]
      if (event === undefined) gzip.end()
      else {
        gzip.write(event)
        gzip.flush(constants.Z_SYNC_FLUSH, () => setImmediate(() => next(index + 1)))
      }
    }
    next(0)
  }
  expect((await ask()).text).toBe(events.join(''))
})

test('a bomb is let go of as soon as nobody wants more of it', async () => {
  const bomb = reply(gzipSync(Buffer.alloc(64 * 1024 * 1024)), ['content-encoding: gzip'])
  answer = (socket) => socket.write(bomb)
  const heard = await ask(1024 * 1024)
  expect(heard.failure).toMatchObject({ kind: 'aborted' })
  expect(Buffer.concat(heard.chunks).length).toBeLessThan(8 * 1024 * 1024)
})

test('what cannot be decoded is a reply that cannot be read', async () => {
  answer = (socket) =>
    socket.write(reply(Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9]), ['content-encoding: gzip']))
  expect((await ask()).failure).toMatchObject({ kind: 'other', sent: true })
})

test.each(['zstd', 'gzip, gzip', 'nonsense'])('an encoding that is not known stays: %s', async (name) => {
  answer = (socket) => socket.write(reply('x', [`content-encoding: ${name}`]))
  expect((await ask()).headers['content-encoding']).toBe(name)
})

const CONTINUE = 'HTTP/1.1 100 Continue\r\nx: y\r\n\r\n'
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'

test.each([
  { what: '100 Continue', before: CONTINUE },
  { what: '100 Continue of HTTP/1.1 without a word', before: 'HTTP/1.1 100 \r\n\r\n' },
  { what: 'several', before: CONTINUE.repeat(5) },
  { what: 'others', before: HINTS + CONTINUE + HINTS },
])('interim answers that nobody asked for are no answer: $what', async ({ before }) => {
  answer = (socket) => socket.write(Buffer.concat([Buffer.from(before), reply(said)]))
  expect(await ask()).toMatchObject({ status: 200, text: said, failure: undefined })
})

test('they may come in pieces of any size, and again with each request of a connection', async () => {
  answer = (socket) => {
    const pieces = [...CONTINUE].map((letter) => Buffer.from(letter))
    const next = (): void => {
      const piece = pieces.shift()
      if (piece === undefined) socket.write(reply(said))
      else socket.write(piece, () => setImmediate(next))
    }
    next()
  }
  for (let times = 0; times < 3; times += 1) expect(await ask()).toMatchObject({ status: 200, text: said })
  answer = (socket) => socket.write(Buffer.concat([Buffer.from(CONTINUE), reply('x')]))
  for (let times = 0; times < 100; times += 1) expect(await ask()).toMatchObject({ status: 200, text: 'x' })
  expect(connections).toBeLessThan(10)
})

test('a body that reads like one is a body', async () => {
  answer = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', () => {
      setImmediate(() => socket.end(CONTINUE))
    })
  }
  expect((await ask()).text).toBe(CONTINUE)
})

test.each([
  { what: '100 Continue', flood: CONTINUE },
  { what: '103 Early Hints', flood: HINTS },
])('a flood of $what ends the request', async ({ flood }) => {
  answer = (socket) => socket.write(flood.repeat(20_000) + String(reply(said)))
  const heard = await ask()
  expect(heard.failure).toMatchObject({ sent: true })
  expect(heard.text).toBe('')
})

test('a head without end ends the request before undici makes an error of each of its headers', async () => {
  answer = (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}`)
  const { failure } = await ask()
  expect(failure).toMatchObject({ sent: true, cause: { message: 'The head of the answer is longer than 16 KiB.' } })
})

test('what comes at once is handed on in pieces no longer than a head', async () => {
  answer = (socket) => socket.write(reply('x'.repeat(200_000)))
  const { text, chunks } = await ask()
  expect(text).toHaveLength(200_000)
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(16 * 1024)
})
