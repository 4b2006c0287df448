import type { Socket } from 'node:net'
import { errorBody, SpekaError } from '@speka/core'

/** What Node's parser says, in our words. */
const meanings: Readonly<Record<string, () => SpekaError>> = {
  HPE_HEADER_OVERFLOW: () => new SpekaError('headers_too_large', 'The request headers are larger than 64 KiB.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new SpekaError('request_timeout', 'The request did not arrive in time.'),
}

/** Answers a request that was not even HTTP, and closes the connection: nothing after it can be trusted. */
export function rejectBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const meaning =
    meanings[error.code ?? '']?.() ?? new SpekaError('invalid_request', 'The request is not valid HTTP/1.1.')
  const body = JSON.stringify(errorBody(meaning))
  socket.end(
    `HTTP/1.1 ${meaning.status} ${reasons[meaning.status] ?? 'Error'}\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}
