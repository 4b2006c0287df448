import { SpekaError } from '@speka/core'
import { isSessionId } from '../actor.ts'
import type { AdminExchange, Visit } from '../http/exchange.ts'
import { demandKnownHost } from '../http/known-host.ts'
import type { Listener } from '../http/router.ts'
import { Tries } from '../http/tries.ts'
import { authorizationIn } from '../keys/key-refusal.ts'
import { isToken } from '../keys/bears-token.ts'
import { readInput } from '../management/read-input.ts'
import { respondOutput } from '../management/respond-output.ts'
import { SESSION_PATH, signInInput, signOutInput } from '../management/session-rows.ts'
import { inputOf, type OperationParts } from '../operations/operation.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { callerOf, visitorOf } from './caller.ts'
import { clientDigest } from './code-digests.ts'
import { demandSameOrigin } from './csrf.ts'
import { sessionCookie, setCookie } from './session-cookie.ts'
import { endSession, openOperatorSession } from './sessions.ts'
import { viewSession } from './view-session.ts'

/** How often one address may say a wrong token, and within what time in ms. */
const MOST_TRIES = 10
const TRIES_WINDOW_MS = 600_000

/** Who may try to sign in, on a listener: what goes wrong on one is nothing to the other. */
export const signInTries = (
  listener: Listener,
  { store, pepper, now }: Pick<OperationParts, 'store' | 'pepper' | 'now'>,
): Tries =>
  new Tries({
    codes: store.signInCodes,
    digestOf: async (who) => clientDigest(await pepper(), `wrong tries on ${listener} of ${who}`),
    most: MOST_TRIES,
    windowMs: TRIES_WINDOW_MS,
    now,
  })

/** `GET /api/v1/session`: who asks. Nobody in particular is an answer, too: it is how a page finds out that one must sign in. */
export const showSession =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    const { request } = visit
    const actor = await (authorizationIn(request.headers) === undefined ? visitorOf : callerOf)(request, parts)
    respondOutput(visit, 200, await viewSession(parts, actor, request.headers.host))
  }

/** `POST /api/v1/session`, on the operator's listener: signs in by the admin token. */
export const signIn =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    const { request, response } = visit
    const { adminToken, tries } = parts
    demandKnownHost(request, { host: parts.host, publicUrl: parts.site().publicUrl })
    demandSameOrigin(request)
    const { token } = inputOf(signInInput, await readInput(SESSION_PATH, visit))
    const from = request.socket.remoteAddress ?? ''
    await tries.by(from, isWrongToken, async () => {
      if (adminToken !== undefined && isToken(token, adminToken)) return
      throw new SpekaError(
        'invalid_api_key',
        'This is not the admin token. It was shown at the first start, and is in the file admin-token of the data folder, unless SPEKA_ADMIN_TOKEN sets it.',
      )
    })
    const { actor, cookie } = await openOperatorSession(parts, request.headers.host, 'admin_token')
    response.setHeader('set-cookie', cookie)
    respondOutput(visit, 201, await viewSession(parts, actor, request.headers.host))
  }

const isWrongToken = (error: unknown): boolean => SpekaError.is(error) && error.code === 'invalid_api_key'

/** `DELETE /api/v1/session`: signs out; with `?everywhere=true` of every browser. */
export const signOut =
  (parts: SiteParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const { actor, request, response } = exchange
    const { everywhere } = inputOf(signOutInput, await readInput(SESSION_PATH, exchange))
    if (!isSessionId(actor.by))
      throw new SpekaError(
        'invalid_request',
        'There is no session to end: this was asked by a token, which is revoked by "speka tokens revoke".',
      )
    await endSession(parts, actor, actor.by, everywhere === 'true')
    const cookie = sessionCookie(parts.listener, parts.site(), request.headers.host)
    response.setHeader('set-cookie', setCookie(cookie, '', 0))
    respondOutput(exchange, 200, await viewSession(parts, undefined, request.headers.host))
  }
