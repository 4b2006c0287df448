import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'
import { isSessionId, type Actor } from '../actor.ts'
import { demandKnownHost } from '../http/known-host.ts'
import { actorOfToken, isStillHeld } from '../keys/admin-tokens.ts'
import { authorizationIn } from '../keys/key-refusal.ts'
import { bearsToken } from '../keys/bears-token.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { demandOwnPage } from './csrf.ts'
import { cookieIn, sessionCookie } from './session-cookie.ts'
import { actorOfSession, isStillSignedIn } from './sessions.ts'

/**
 * Who asks: by a token in the header `authorization` or `x-api-key`, else by the session whose cookie the browser sends. On the gateway's
 * listener nobody is the operator, whatever he has.
 *
 * @throws SpekaError `invalid_api_key` for nobody; `permission_denied` for what another page has asked by his browser;
 *   `misdirected_request`
 */
export async function callerOf(request: IncomingMessage, parts: SiteParts): Promise<Actor> {
  const authorization = authorizationIn(request.headers)
  const actor = authorization === undefined ? await visitorOf(request, parts) : await bearerOf(authorization, parts)
  if (actor !== undefined) return actor
  throw new SpekaError(
    'invalid_api_key',
    parts.listener === 'admin'
      ? 'Send the header "Authorization: Bearer …" with the admin token, or with a token of the management API; or sign in at /console.'
      : 'Sign in at /console, or send the header "Authorization: Bearer …" with a token of an account.',
  )
}

/** Whether whoever has come in still would, and the gateway is not stopping. */
export async function isStillIn(actor: Actor, parts: SiteParts): Promise<boolean> {
  if (parts.isAccepting?.() === false) return false
  const { store, now } = parts.operations
  const { by } = actor
  return isSessionId(by) ? isStillSignedIn(by, store.registry, now()) : isStillHeld(actor, store.registry, now())
}

/**
 * Who is signed in, if anybody is.
 *
 * @throws SpekaError `permission_denied` for what another page has asked by his browser; `misdirected_request`
 */
export async function visitorOf(request: IncomingMessage, parts: SiteParts): Promise<Actor | undefined> {
  const site = parts.site()
  const secret = cookieIn(request, sessionCookie(parts.listener, site, request.headers.host))
  if (secret === undefined) return undefined
  demandKnownHost(request, { host: parts.host, publicUrl: site.publicUrl })
  const actor = allowed(await actorOfSession(secret, parts), parts)
  if (actor !== undefined && isSessionId(actor.by)) demandOwnPage(request, actor.by, await parts.operations.pepper())
  return actor
}

async function bearerOf(authorization: string, parts: SiteParts): Promise<Actor | undefined> {
  const { adminToken, operations } = parts
  if (adminToken !== undefined && bearsToken(authorization, adminToken)) return { kind: 'operator', by: 'admin_token' }
  const given = /^bearer +(\S+)$/i.exec(authorization)?.[1]
  if (given === undefined) return undefined
  const { store, pepper, now } = operations
  return allowed(await actorOfToken(given, { registry: store.registry, pepper, now: now() }), parts)
}

/** The operator is on his own listener alone, and members by a session on the gateway's alone. */
function allowed(actor: Actor | undefined, { listener }: SiteParts): Actor | undefined {
  if (actor === undefined) return undefined
  if (listener === 'gateway') return actor.kind === 'account' ? actor : undefined
  return actor.kind === 'account' && isSessionId(actor.by) ? undefined : actor
}
