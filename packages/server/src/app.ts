import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { mintRequestId, SpekaError, toSpekaError, type Clock } from '@speka/core'
import type { LiveConfig } from './config/live-config.ts'
import { chatCompletions } from './endpoints/chat-completions.ts'
import { showGeneration } from './endpoints/generation.ts'
import { alive, ready } from './endpoints/health.ts'
import { showKey } from './endpoints/key.ts'
import { listModels, oneModel } from './endpoints/models.ts'
import type { Exchange } from './http/exchange.ts'
import { guardRequest } from './http/guard-request.ts'
import { KeepAlive } from './http/keep-alive.ts'
import { rejectBrokenRequest } from './http/reject-broken-request.ts'
import { respondError } from './http/respond.ts'
import { createRouter, type Route, type Router } from './http/router.ts'
import type { KeyDirectory } from './keys/key-directory.ts'
import type { Store } from './ledger/store.ts'
import type { Log } from './telemetry/log.ts'

/** What the app is made of. */
export interface AppParts {
  readonly live: LiveConfig
  readonly store: Store
  readonly keys: KeyDirectory
  readonly log: Log
  readonly clock: Clock
  /** Whether new requests are welcome: false while the server is stopping. */
  readonly isAccepting: () => boolean
}

/** Every route, and who may call it. */
function routesOf({ live, store, log, isAccepting }: AppParts): Route[] {
  const responder = { ledger: store.ledger, keepAlive: new KeepAlive(), log }
  return [
    { method: 'GET', path: '/healthz', access: 'public', handle: alive },
    { method: 'GET', path: '/readyz', access: 'public', handle: ready(isAccepting) },
    { method: 'GET', path: '/v1/models', access: 'key', handle: listModels(live) },
    { method: 'GET', path: '/v1/models/*', access: 'key', handle: oneModel(live) },
    { method: 'GET', path: '/v1/key', access: 'key', handle: showKey(store.ledger) },
    { method: 'GET', path: '/v1/generation', access: 'key', handle: showGeneration(store.ledger) },
    { method: 'POST', path: '/v1/chat/completions', access: 'key', handle: chatCompletions(live, responder) },
  ]
}

/** The walk of a request: guard, find the route, authenticate, handle; whatever is thrown becomes a response. */
async function serve(
  parts: AppParts,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const receivedAt = parts.clock.now()
  const id = mintRequestId(receivedAt)
  try {
    guardRequest(request)
    const exchange = openExchange(id, receivedAt, request, response)
    const route = router.find(request.method ?? '', exchange.path)
    if (route.access === 'public') {
      await route.handle(exchange)
      return
    }
    const found = parts.keys.authenticate(request.headers.authorization)
    const key = found instanceof Promise ? await found : found
    await route.handle({ ...exchange, key })
  } catch (thrown) {
    const error = toSpekaError(thrown)
    if (error.code === 'internal_error')
      parts.log.pino.error({ request: id, err: error.cause ?? error }, 'a handler threw')
    respondError(response, id, error)
  }
}

function openExchange(
  id: Exchange['id'],
  receivedAt: number,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  if (mark === -1) return { id, receivedAt, request, response, path: url, query: NO_QUERY }
  const query = new URLSearchParams(url.slice(mark + 1))
  for (const name of ['key', 'api_key', 'access_token']) {
    if (query.has(name))
      throw new SpekaError(
        'invalid_request',
        `Keys do not belong in a URL, where logs keep them. Send "Authorization: Bearer …" instead of ?${name}=.`,
      )
  }
  return { id, receivedAt, request, response, path: url.slice(0, mark), query }
}

const NO_QUERY = new URLSearchParams()

/** Makes the HTTP server, not yet listening. */
export function createApp(parts: AppParts): Server {
  const router = createRouter(routesOf(parts))
  const server = createServer(
    {
      // Longer than load balancers keep a connection, so that it is never us who closes under a request.
      keepAliveTimeout: 75_000,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 64 * 1024,
      noDelay: true,
    },
    (request, response) => {
      if (!parts.isAccepting()) response.setHeader('connection', 'close')
      void serve(parts, router, request, response)
    },
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => rejectBrokenRequest(error, socket))
  return server
}
