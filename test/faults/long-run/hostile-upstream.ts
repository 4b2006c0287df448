import { createServer, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'

// Runs in a thread of its own, so that what it pours out costs nobody else's time. The path says what that is.

const MiB = 1024 * 1024
const SSE = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n'
const JSON_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n'
const DELTA =
  'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"word"},"finish_reason":null}]}\n\n'

interface Hostility {
  readonly head: string
  readonly piece: Buffer
  /** How often the piece is said. */
  readonly times: number
}

const of = (text: string, bytes = MiB): Buffer => Buffer.from(text.repeat(Math.ceil(bytes / text.length)))

const bomb = gzipSync(Buffer.alloc(512 * MiB, ' '), { level: 9 })

const kinds: Readonly<Record<string, Hostility>> = {
  'line-256-mb': { head: `${SSE}data: `, piece: of('a'), times: 256 },
  'line-256-mb-mid-stream': { head: `${SSE}${DELTA}data: `, piece: of('a'), times: 256 },
  'empty-lines': { head: SSE, piece: of('\n'), times: Infinity },
  'empty-lines-mid-stream': { head: SSE + DELTA, piece: of('\n'), times: Infinity },
  'empty-data-lines': { head: SSE + DELTA, piece: of('data:\n'), times: Infinity },
  'empty-events': { head: SSE + DELTA, piece: of('data:\n\n'), times: Infinity },
  comments: { head: SSE + DELTA, piece: of(': x\n\n'), times: Infinity },
  'json-256-mb': { head: `${JSON_HEAD}\r\n{"a":"`, piece: of('a'), times: 256 },
  'gzip-bomb': { head: `${JSON_HEAD}content-encoding: gzip\r\n\r\n`, piece: bomb, times: 1 },
  'headers-without-end': { head: JSON_HEAD, piece: of('x-a: b\r\n'), times: Infinity },
  words: { head: SSE, piece: of(DELTA), times: Infinity },
}

function pour(socket: Socket, { head, piece, times }: Hostility): void {
  let said = 0
  const go = (): void => {
    while (said < times && !socket.destroyed) {
      said += 1
      if (!socket.write(piece)) return
    }
    if (said >= times) socket.end()
  }
  socket.on('drain', go)
  socket.write(head, 'latin1')
  go()
}

const server = createServer((socket) => {
  let request = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    request += chunk.toString('latin1')
    const kind = kinds[/"model":"m\/([\w-]+)"/.exec(request)?.[1] ?? '']
    if (kind === undefined) return
    request = ''
    pour(socket, kind)
  })
})

server.listen(0, '127.0.0.1', () => {
  const ready = { address: server.address(), kinds: Object.keys(kinds) }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(ready)
})
