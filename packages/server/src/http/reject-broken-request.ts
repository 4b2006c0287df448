import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { SpekaError } from '@speka/core'
import { errorBody, errorHeaders, jsonHeaders, mintRequestId } from '@speka/core/internal'

/** What Node's parser says, in our words. */
const meanings: Readonly<Record<string, () => SpekaError>> = {
  HPE_HEADER_OVERFLOW: () => new SpekaError('headers_too_large', 'The request headers are larger than 64 KiB.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new SpekaError('request_timeout', 'The request did not arrive in time.'),
}

/** How long the client has to take its answer, in ms. */
const LINGER_MS = 1000

const rejected = new WeakSet<Socket>()

/** Answers a request that was not even HTTP, and closes the connection: nothing after it can be trusted. */
export function rejectBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  // The parser complains again about each further chunk.
  if (rejected.has(socket)) return
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  rejected.add(socket)
  const meaning =
    meanings[error.code ?? '']?.() ?? new SpekaError('invalid_request', 'The request is not valid HTTP/1.1.')
  const body = JSON.stringify(errorBody(meaning))
  const headers = {
    ...jsonHeaders,
    ...errorHeaders(meaning),
    'x-request-id': mintRequestId(Date.now()),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${meaning.status} ${STATUS_CODES[meaning.status] ?? ''}\r\n${head.join('')}\r\n${body}`)
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
