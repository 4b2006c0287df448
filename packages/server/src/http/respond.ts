import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bytes, Headers, RequestId, SpekaError } from '@speka/core'
import { errorHeaders, eventStreamHeaders, join, jsonHeaders } from '@speka/core/internal'
import { envelopeFor } from './envelope.ts'

/** The rest of a refused body is read up to this length to keep the connection, which is cheaper than a new one. */
const WORTH_READING_BYTES = 64 * 1024
/** How long a client may go on sending a body that was refused, in ms: enough for what is left of a large one on a slow line. */
const LINGER_MS = 10_000

/** Sends `value` as JSON. */
export function respondJson(response: ServerResponse, id: RequestId, value: unknown, status = 200): void {
  respondBytes(response, status, { ...jsonHeaders, 'x-request-id': id }, Buffer.from(JSON.stringify(value)))
}

const eventStreams = new WeakSet<ServerResponse>()

/** Begins a stream of events. */
export function openEventStream(response: ServerResponse, headers: Headers): void {
  response.writeHead(200, { ...eventStreamHeaders, ...headers })
  eventStreams.add(response)
}

/** Whether a stream of events has begun. The response itself cannot tell: Node forgets headers as it sends them. */
export const isEventStream = (response: ServerResponse): boolean => eventStreams.has(response)

/** Sends a whole body with its length. */
function respondBytes(response: ServerResponse, status: number, headers: Headers, body: Bytes): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.end(body)
}

/** Up to this many bytes a copy costs less than another write. */
const WORTH_COPYING_BYTES = 8 * 1024

/**
 * Sends a whole body that is there in pieces, with its length; the large ones as they are.
 *
 * @param headers in groups, none of which has a name that another has.
 */
export function respondPieces(
  response: ServerResponse,
  status: number,
  headers: readonly Headers[],
  pieces: readonly Bytes[],
): void {
  if (response.headersSent || response.destroyed) return
  let length = 0
  for (const piece of pieces) length += piece.length
  response.writeHead(status, inTurn(headers, length))
  if (length <= WORTH_COPYING_BYTES) {
    response.end(join(pieces))
    return
  }
  // One write for all: the end lets go of them.
  response.cork()
  for (const piece of pieces) response.write(piece)
  response.end()
}

/** Names and values in turn, as Node takes them too: every answer has some, and an object of all of them is longer in the making. */
function inTurn(groups: readonly Headers[], length: number): (string | number)[] {
  const all: (string | number)[] = []
  for (const group of groups) for (const name in group) all.push(name, group[name] ?? '')
  all.push('content-length', length)
  return all
}

/** The one place where an error becomes a response: in the envelope of whose API was asked, and whether to try again. */
export function respondError(response: ServerResponse, id: RequestId, error: SpekaError, headers: Headers = {}): void {
  const envelope = envelopeFor(response.req)
  const status = envelope.status(error)
  const all = { ...jsonHeaders, ...envelope.headers(id), ...headers, ...errorHeaders(error) }
  const body = Buffer.from(JSON.stringify(envelope.body(error, id)))
  if (isStillSending(response.req)) respondAndClose(response, status, all, body)
  else respondBytes(response, status, all, body)
}

/** Whether more of the body is on its way than is worth reading, or than we know of. */
function isStillSending({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false
  if (headers.expect !== undefined || headers['transfer-encoding'] !== undefined) return true
  return Number(headers['content-length'] ?? 0) > WORTH_READING_BYTES
}

/**
 * Sends a whole body, then closes the connection, but not while the client is still sending: closing under unread bytes
 * resets the connection, and the client would lose the answer.
 */
function respondAndClose(response: ServerResponse, status: number, headers: Headers, body: Bytes): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, connection: 'close', 'content-length': body.length })
  response.write(body)
  const patience = setTimeout(() => response.end(), LINGER_MS)
  const close = (): void => {
    clearTimeout(patience)
    response.end()
  }
  response.req.once('end', close).once('close', close).resume()
}
