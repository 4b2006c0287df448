import type { ServerResponse } from 'node:http'
import type { Headers } from '@speka/core'
import type { Reply } from './seal-reply.ts'

/**
 * Gives a reply again, as it was but for a header that says so. Its `x-request-id` is the first request's: that is on record.
 *
 * @param rates where the caller's rates stand by now.
 */
export function respondReply(response: ServerResponse, { status, headers, body }: Reply, rates: Headers = {}): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, ...rates, 'content-length': body.length, 'idempotent-replayed': 'true' })
  response.end(body)
}
