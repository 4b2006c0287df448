import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'
import type { SessionId } from '../actor.ts'
import { sameDigest } from '../keys/key-digest.ts'
import { isRead } from '../management/read-input.ts'

/** The header by which a page of ours says what only such a page can know. */
const CSRF_HEADER = 'x-speka-csrf'

/** What the pages of a session say with each change: no other page can read it, and none can reckon it. */
export const csrfToken = (session: SessionId, pepper: Buffer): string =>
  createHmac('sha256', pepper).update(`csrf ${session}`).digest('base64url')

/**
 * Refuses what another page makes a browser ask with the cookie of a session.
 *
 * @throws SpekaError `permission_denied`
 */
export function demandOwnPage(request: IncomingMessage, session: SessionId, pepper: Buffer): void {
  demandSameOrigin(request)
  if (isRead(request)) return
  const given = request.headers[CSRF_HEADER]
  if (typeof given === 'string' && sameDigest(given, csrfToken(session, pepper))) return
  throw new SpekaError(
    'permission_denied',
    `A change by the cookie of a session needs the header "${CSRF_HEADER}", with what GET /api/v1/session gives as csrf.`,
  )
}

/**
 * Refuses what a browser says that a page of another origin asks. A link from elsewhere may be followed, to look; nobody's
 * page may change anything, nor load what it could learn from.
 *
 * @throws SpekaError `permission_denied`
 */
export function demandSameOrigin(request: IncomingMessage): void {
  const from = request.headers['sec-fetch-site']
  if (from === undefined || from === 'same-origin') return
  if (isRead(request) && (from === 'none' || request.headers['sec-fetch-mode'] === 'navigate')) return
  throw new SpekaError('permission_denied', 'A page of another origin has asked for this. Use the console itself.')
}
