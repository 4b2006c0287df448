import type { IncomingHttpHeaders } from 'node:http'
import { SpekaError } from '@speka/core'
import type { AccountRecord, KeyRecord, MemberRecord } from '../store/records.ts'

/** Far above any key: longer credentials are not worth a hash. */
const MOST_CHARACTERS = 1024

/** What a key is refused with by its looks alone. */
export const refusalByLooks = {
  foreign: 'This is not a Speka API key. Those begin with "sk-speka-live-" or "sk-speka-test-".',
  mistyped: 'This API key was mistyped or cut short: its checksum does not fit.',
  plausible: undefined,
} as const

/**
 * What a caller shows, as an `Authorization` header says it: clients of Anthropic send the same in `x-api-key`.
 *
 * @throws SpekaError `invalid_api_key` when it sends both, and they differ.
 */
export function authorizationIn(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers
  const apiKey = headers['x-api-key']
  if (typeof apiKey !== 'string' || apiKey === '') return authorization
  const bearer = `Bearer ${apiKey}`
  if (authorization !== undefined && authorization !== '' && authorization.replace(/^bearer +/i, 'Bearer ') !== bearer)
    throw refused(
      'Two different keys were sent, one in "Authorization" and one in "x-api-key". Send one of them, or the same in both.',
    )
  return bearer
}

/**
 * The key in an `Authorization` header.
 *
 * @param most how many characters it may have.
 * @throws SpekaError `invalid_api_key`
 */
export function credentialIn(authorization: string | undefined, most = MOST_CHARACTERS): string {
  if (authorization === undefined || authorization === '') {
    throw refused('No API key was sent. Send "Authorization: Bearer sk-speka-…".')
  }
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (key === undefined) throw refused('The Authorization header must be "Bearer" and one API key.')
  if (key.length > most) throw refused(refusalByLooks.foreign)
  return key
}

/** A record on which several keys depend: a change of it is made here, once for all of them. */
export interface Changing<Record> {
  now: Record
}

/** Whom a key depends on. */
export interface Standing {
  readonly account: Changing<AccountRecord>
  /** The member whose key it is, if it is one's. */
  readonly member: Changing<MemberRecord> | undefined
}

/** The one place that decides whether a known key may be used now. Returns why not. */
export const refusalOf = (key: KeyRecord, standing: Standing, now: number): SpekaError | undefined =>
  endOf(key, now) ?? refusalByStanding(standing)

/** Why whoever it is may come in with no key at all, by those he depends on. */
export function refusalByStanding({ account, member }: Standing): SpekaError | undefined {
  if (member?.now.status === 'removed') return memberGone()
  return account.now.status === 'suspended' ? accountSuspended() : undefined
}

export const memberGone = (): SpekaError =>
  refused('The member whose API key this is has left the account. Use another.')

export const accountSuspended = (): SpekaError =>
  new SpekaError('account_suspended', 'The account of this API key is suspended. Ask whoever runs the gateway.')

/** Why a key that was good once is no longer, by itself: it was revoked, or its time is over. */
export function endOf(
  { revokedAt, expiresAt, replacedUntil }: Pick<KeyRecord, 'revokedAt' | 'expiresAt' | 'replacedUntil'>,
  now: number,
): SpekaError | undefined {
  if (revokedAt !== undefined) return refused('This API key was revoked. Use another.')
  if (replacedUntil !== undefined && replacedUntil <= now)
    return refused('This API key was replaced. Use the one that was made in its place.')
  if (expiresAt !== undefined && expiresAt <= now) return refused('This API key has expired. Use another.')
  return undefined
}

export const refused = (message: string): SpekaError => new SpekaError('invalid_api_key', message)
