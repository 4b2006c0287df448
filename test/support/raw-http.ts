import { connect, type Socket } from 'node:net'
import { PATIENCE_MS } from './patience.ts'

/** One HTTP response as it came over the wire. */
export interface RawResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A client of bytes: it sends what no HTTP library would, and keeps all it gets. */
export interface RawClient {
  readonly socket: Socket
  /** All that has arrived, as latin1. */
  received(): string
  send(bytes: string | Uint8Array): void
  /** Resolves when what has arrived contains `text`; rejects when the connection closes before, or it comes not at all. */
  until(text: string): Promise<void>
  /** Resolves with all that arrived when the other side has closed; `error`: how it broke, if it did. */
  closed(): Promise<{ readonly text: string; readonly error: string | undefined }>
  /** Vanishes. */
  destroy(): void
}

/** Opens a connection to `origin`, as in `http://127.0.0.1:7735`. */
export async function openRaw(origin: string): Promise<RawClient> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  // A test that fails leaves it open; that must not keep the test run alive.
  socket.unref()
  let text = ''
  let error: string | undefined
  let ended = false
  const waiting = new Set<() => void>()
  const tell = (): void => waiting.forEach((look) => look())
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
    tell()
  })
  socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code ?? cause.message))
  socket.on('close', () => {
    ended = true
    tell()
  })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))

  const when = (met: () => boolean, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (problem?: string): void => {
        clearTimeout(timer)
        waiting.delete(look)
        if (problem === undefined) resolve()
        else reject(new Error(`${problem} ${what}. Received so far:\n${text.slice(0, 2000)}`))
      }
      const look = (): void => {
        if (met()) done()
        else if (ended) done('The connection was closed before')
      }
      const timer = setTimeout(() => done(`${PATIENCE_MS} ms were not enough for`), PATIENCE_MS)
      waiting.add(look)
      look()
    })

  return {
    socket,
    received: () => text,
    send: (bytes) => void socket.write(bytes),
    until: (wanted) => when(() => text.includes(wanted), `"${wanted}"`),
    async closed() {
      await when(() => ended, 'the connection to be closed')
      return { text, error }
    },
    destroy: () => void socket.destroy(),
  }
}

/** Sends `bytes` and resolves with the responses, once as many have arrived whole as are `expected`. */
export async function sendRaw(origin: string, bytes: string | Uint8Array, expected = 1): Promise<RawResponse[]> {
  const client = await openRaw(origin)
  try {
    client.send(bytes)
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const responses = cutResponses(client.received())
      if (responses.length >= expected) return responses
      if (client.socket.destroyed || performance.now() > deadline)
        throw new Error(`There were ${responses.length} of ${expected} responses:\n${client.received()}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  } finally {
    client.destroy()
  }
}

/** The whole responses in `text`; each must say how long it is. */
function cutResponses(text: string): RawResponse[] {
  const responses: RawResponse[] = []
  for (let at = 0; ;) {
    const headEnd = text.indexOf('\r\n\r\n', at)
    if (headEnd === -1) return responses
    const [start = '', ...lines] = text.slice(at, headEnd).split('\r\n')
    const status = Number(start.split(' ')[1])
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
    }
    const end = headEnd + 4 + Number(headers['content-length'] ?? 0)
    if (text.length < end) return responses
    if (status >= 200)
      responses.push({ status, headers, body: Buffer.from(text.slice(headEnd + 4, end), 'latin1').toString('utf8') })
    at = end
  }
}

/** A POST request as bytes, with its length. */
export function post(path: string, key: string, body: unknown, headers: readonly string[] = []): string {
  const text = JSON.stringify(body)
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: gateway',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}
