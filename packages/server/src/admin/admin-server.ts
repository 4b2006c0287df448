import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { bearsToken } from './admin-token.ts'

/** What the admin listener shows. Each may take its time: it may have to ask other processes. */
export interface AdminPages {
  /** In Prometheus' text format. */
  metrics(): string | Promise<string>
}

/** RFC 9457: problem details for HTTP APIs. */
interface Problem {
  readonly status: number
  readonly title: string
  readonly detail: string
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The operator's own listener, apart from `/v1`: nothing on it answers without the admin token. */
export function createAdminServer(token: string, pages: AdminPages): Server {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    request.resume()
    void answer(request, response, token, pages)
  })
  server.maxConnections = 100
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  pages: AdminPages,
): Promise<void> {
  if (!bearsToken(request.headers.authorization, token)) {
    response.setHeader('www-authenticate', 'Bearer')
    refuse(response, {
      status: 401,
      title: 'Unauthorized',
      detail: 'Send the header "Authorization: Bearer …" with the admin token.',
    })
    return
  }
  if (request.url !== '/metrics') {
    refuse(response, { status: 404, title: 'Not Found', detail: 'There is /metrics here.' })
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    refuse(response, { status: 405, title: 'Method Not Allowed', detail: 'Use GET.' })
    return
  }
  try {
    const body = await pages.metrics()
    response.writeHead(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' })
    response.end(body)
  } catch {
    refuse(response, { status: 500, title: 'Internal Server Error', detail: 'The metrics cannot be gathered now.' })
  }
}

function refuse(response: ServerResponse, problem: Problem): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(problem))
}
