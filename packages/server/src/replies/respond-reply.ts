import type { ServerResponse } from 'node:http'
import type { Reply } from './seal-reply.ts'

/** Gives a reply again, as it was but for a header that says so. Its `x-request-id` is the first request's: that is on record. */
export function respondReply(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, 'content-length': body.length, 'idempotent-replayed': 'true' })
  response.end(body)
}
