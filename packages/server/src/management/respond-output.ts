import type { Visit } from '../http/exchange.ts'
import type { Reply } from '../replies/seal-reply.ts'
import type { Rendering } from './renderings.ts'
import { isRead } from './read-input.ts'

/**
 * Sends what an operation gave back, as JSON. What has a `revision` carries it as its `etag`; a `GET` or `HEAD` that names
 * the revision it knows already, by `If-None-Match`, is told that nothing has changed.
 */
export function respondOutput(exchange: Visit, status: number, output: unknown): void {
  const { request } = exchange
  const reply = replyOf(exchange, status, output)
  const { etag } = reply.headers
  if (etag !== undefined && isRead(request) && isAmong(String(etag), request.headers['if-none-match']))
    send(exchange, { ...reply, status: 304, body: Buffer.alloc(0) })
  else send(exchange, reply)
}

/** A proxy that compresses makes an etag a weak one, which is as good here: RFC 9110, section 13.1.2. */
const isAmong = (etag: string, known = ''): boolean =>
  known.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim()))

/** What is sent of it. */
export function replyOf({ id }: Visit, status: number, output: unknown): Reply {
  const etag = etagOf(output)
  return {
    status,
    headers: {
      'x-request-id': id,
      'cache-control': 'no-store',
      'content-type': 'application/json',
      ...(etag === undefined ? {} : { etag }),
    },
    body: Buffer.from(JSON.stringify(output)),
  }
}

/** The same in another form than JSON. */
export const renderedReply = ({ id }: Visit, { type, render }: Rendering, output: unknown): Reply => ({
  status: 200,
  headers: {
    'x-request-id': id,
    'cache-control': 'no-store',
    'content-type': type,
    // What others have named is shown as text, whatever it holds.
    'x-content-type-options': 'nosniff',
  },
  body: Buffer.from(render(output)),
})

export function send({ response }: Visit, { status, headers, body }: Reply): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, status === 304 ? headers : { ...headers, 'content-length': body.length })
  response.end(body)
}

function etagOf(output: unknown): string | undefined {
  if (typeof output !== 'object' || output === null || !('revision' in output)) return undefined
  return typeof output.revision === 'number' ? `"${output.revision}"` : undefined
}
