import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AnswerCheck, type CheckListener } from './answer-check.ts'
import { collectFindings, type Findings } from './conforming-fetch.ts'

/** A server in front of a gateway that looks at every answer of `/v1` on its way to the client. */
export interface ConformingProxy extends Findings {
  readonly origin: string
  /** What the SDKs call the base URL. */
  readonly baseURL: string
  close(): Promise<void>
}

/**
 * For clients that bring their own HTTP, in whatever language: bytes, pauses and broken connections pass both ways as they
 * come; only the request is read whole first.
 *
 * @param gateway its origin, as in `http://127.0.0.1:7735`.
 */
export async function startConformingProxy(gateway: string): Promise<ConformingProxy> {
  const { findings, listener } = collectFindings()
  const server = createServer((request, response) => void pass(gateway, request, response, listener))
  // A test that fails leaves it open; that must not keep the test run alive.
  server.unref().on('connection', (socket) => socket.unref())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...findings,
    origin,
    baseURL: `${origin}/v1`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function pass(
  gateway: string,
  from: IncomingMessage,
  to: ServerResponse,
  listener: CheckListener,
): Promise<void> {
  const { method = '', url = '' } = from
  const { 'transfer-encoding': _pieces, ...headers } = from.headers
  const pieces: Buffer[] = []
  for await (const piece of from) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const asking = forward(new URL(url, gateway), { method, headers: { ...headers, 'content-length': body.length } })
  // The client learns of a broken connection by one of its own.
  asking.on('error', () => to.destroy())
  to.on('close', () => asking.destroy())
  asking.on('response', (answer) => {
    const path = url.split('?', 1)[0] ?? ''
    const head = { status: answer.statusCode ?? 0, header: (name: string) => single(answer.headers[name]) }
    const check = path.startsWith('/v1/') ? new AnswerCheck({ method, path, body }, head, listener) : undefined
    to.writeHead(head.status, answer.headers)
    to.flushHeaders()
    answer.on('data', (chunk: Buffer) => {
      check?.push(chunk)
      if (to.write(chunk)) return
      answer.pause()
      to.once('drain', () => answer.resume())
    })
    answer.on('end', () => {
      check?.end()
      to.end()
    })
    answer.on('error', () => to.destroy())
  })
  asking.end(body)
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header
