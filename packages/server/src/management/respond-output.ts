import type { AdminExchange } from '../http/exchange.ts'

/**
 * Sends what an operation gave back, as JSON. What has a `revision` carries it as its `etag`; a `GET` that names the
 * revision it knows already, by `If-None-Match`, is told that nothing has changed.
 */
export function respondOutput({ id, request, response }: AdminExchange, status: number, output: unknown): void {
  if (response.headersSent || response.destroyed) return
  const etag = etagOf(output)
  const headers = {
    'x-request-id': id,
    'cache-control': 'no-store',
    ...(etag === undefined ? {} : { etag }),
  }
  if (etag !== undefined && request.method === 'GET' && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end()
    return
  }
  const body = Buffer.from(JSON.stringify(output))
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}

function etagOf(output: unknown): string | undefined {
  if (typeof output !== 'object' || output === null || !('revision' in output)) return undefined
  return typeof output.revision === 'number' ? `"${output.revision}"` : undefined
}
