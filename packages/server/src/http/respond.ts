import type { ServerResponse } from 'node:http'
import {
  errorBody,
  errorHeaders,
  jsonHeaders,
  type Bytes,
  type Headers,
  type RequestId,
  type SpekaError,
} from '@speka/core'

/** Sends `value` as JSON. */
export function respondJson(response: ServerResponse, id: RequestId, value: unknown, status = 200): void {
  respondBytes(response, status, { ...jsonHeaders, 'x-request-id': id }, Buffer.from(JSON.stringify(value)))
}

/** Sends a whole body with its length. */
export function respondBytes(response: ServerResponse, status: number, headers: Headers, body: Bytes): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.end(body)
}

/** The one place where an error becomes a response: OpenAI's envelope, and whether to try again. */
export function respondError(response: ServerResponse, id: RequestId, error: SpekaError, headers: Headers = {}): void {
  // What is left of a body nobody read must not be taken for the next request.
  const unread = response.req.complete ? {} : { connection: 'close' }
  const all = { ...jsonHeaders, 'x-request-id': id, ...headers, ...errorHeaders(error), ...unread }
  respondBytes(response, error.status, all, Buffer.from(JSON.stringify(errorBody(error))))
}
