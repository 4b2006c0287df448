import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { SpekaError } from '@speka/core'
import { mintRequestId, toSpekaError } from '@speka/core/internal'
import type { Actor } from '../actor.ts'
import { adminRoutesOf, type AdminAccess } from '../app.ts'
import { respondProblem } from '../http/respond-problem.ts'
import { createRouter, type Router } from '../http/router.ts'
import { actorOfToken, isStillHeld } from '../keys/admin-tokens.ts'
import type { AdminParts } from '../management/management-route.ts'
import { withoutFile } from '../store/without-file.ts'
import { bearsToken } from './admin-token.ts'

/** The operator's own listener, apart from `/v1`: nothing on it answers without the admin token. */
export function createAdminServer(token: string, parts: AdminParts): Server {
  const router = createRouter(adminRoutesOf(parts), { listener: 'admin', authenticates: ['operator', 'account'] })
  const take = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(request, response, token, parts, router)
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, take)
  // Whoever asks before sending is told to send by the one who wants the body, or is refused without it.
  server.on('checkContinue', take)
  server.on('checkExpectation', take)
  server.maxConnections = 100
  return server
}

/** Authenticates, then finds the route and handles: who may not come in is not told what there is. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  parts: AdminParts,
  router: Router<AdminAccess>,
): Promise<void> {
  const receivedAt = Date.now()
  const id = mintRequestId(receivedAt)
  const { path, query } = taken(request.url ?? '/')
  let asking: Actor | undefined
  try {
    const actor = await authenticate(request.headers.authorization, token, parts)
    asking = actor
    const { store, now } = parts.operations
    const isStillIn = (): Promise<boolean> => isStillHeld(actor, store.registry, now())
    const route = router.find(request.method ?? '', path)
    demandAccess(actor, route.access)
    await route.handle({ id, receivedAt, request, response, path, query, actor, isStillIn })
  } catch (thrown) {
    const error = toSpekaError(thrown)
    if (error.code === 'internal_error') parts.tellFault?.(id, error)
    if (error.code === 'invalid_api_key') response.setHeader('www-authenticate', 'Bearer')
    if (error.code === 'method_not_allowed') response.setHeader('allow', router.methods(path))
    respondProblem(response, id, isOperator(asking) ? error : forOthers(error))
  } finally {
    // What nobody has read.
    request.resume()
  }
}

/** A path, and what is asked there: a value of the query may hold a question mark. */
function taken(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?')
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

const isOperator = (actor: Actor | undefined): boolean => actor?.kind === 'operator'

/** Where the store is, and what is wrong with it, is the operator's affair. */
const forOthers = (error: SpekaError): SpekaError => (error.code === 'storage_unavailable' ? withoutFile(error) : error)

/**
 * Who asks: by the admin token, or by a token that was made for it.
 *
 * @throws SpekaError `invalid_api_key`
 */
async function authenticate(authorization: string | undefined, token: string, parts: AdminParts): Promise<Actor> {
  if (bearsToken(authorization, token)) return { kind: 'operator', by: 'admin_token' }
  const { store, pepper, now } = parts.operations
  const given = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  const actor = given && (await actorOfToken(given, { registry: store.registry, pepper, now: now() }))
  if (actor !== undefined && actor !== '') return actor
  throw new SpekaError(
    'invalid_api_key',
    'Send the header "Authorization: Bearer …" with the admin token, or with a token of the management API.',
  )
}

/** What is the operator's is nobody else's; the rest says itself what it wants. @throws SpekaError `permission_denied` */
function demandAccess(actor: Actor, access: AdminAccess): void {
  if (access === 'operator' && actor.kind !== 'operator')
    throw new SpekaError('permission_denied', 'This is the operator’s alone.')
}
