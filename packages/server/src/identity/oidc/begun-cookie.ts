import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { Listener } from '../../http/router.ts'
import { sameDigest } from '../../keys/key-digest.ts'
import type { BegunSignIn } from '../../site/sign-in-provider.ts'

/** How long somebody may take at his provider, in ms. */
const BEGUN_MS = 600_000

const payload = z.object({
  provider: z.string(),
  listener: z.enum(['admin', 'gateway']),
  until: z.number(),
  redirectUri: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  back: z.string().optional(),
})

/** For which sign-in a cookie is. */
export interface BegunAt {
  readonly provider: string
  readonly listener: Listener
  /** Whether the browser has come by https. */
  readonly isSecure: boolean
}

/** What is kept in the browser until it is back from its provider. */
export interface Begun extends BegunSignIn {
  /** Where whoever has signed in goes. Default: to the console. */
  readonly back?: string | undefined
}

const nameOf = ({ listener, isSecure }: BegunAt): string => `${isSecure ? '__Host-' : ''}speka_oidc_${listener}`

/** It has to come along when a provider sends the browser back, which another site does. */
const attributesOf = ({ isSecure }: BegunAt): string => `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`

/** Has the browser keep what a sign-in has begun with, signed: no other browser can finish it. @param now in ms since the epoch. */
export function setBegun(at: BegunAt, begun: Begun, pepper: Buffer, now: number): string {
  const { provider, listener } = at
  const text = JSON.stringify({ provider, listener, until: now + BEGUN_MS, ...begun })
  const value = Buffer.from(text).toString('base64url')
  return `${nameOf(at)}=${value}.${signed(value, pepper)}; ${attributesOf(at)}; Max-Age=${BEGUN_MS / 1000}`
}

/** It is good for one try. */
export const clearBegun = (at: BegunAt): string => `${nameOf(at)}=; ${attributesOf(at)}; Max-Age=0`

/** What the sign-in at a provider has begun with in this browser; `undefined`: none has, or it was too long ago. */
export function begunIn(
  { headers }: Pick<IncomingMessage, 'headers'>,
  at: BegunAt,
  pepper: Buffer,
  now: number,
): Begun | undefined {
  const beginning = `${nameOf(at)}=`
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const [value = '', signature = ''] = (pairs.find((pair) => pair.startsWith(beginning)) ?? '')
    .slice(beginning.length)
    .split('.')
  if (value === '' || !sameDigest(signature, signed(value, pepper))) return undefined
  const begun = payload.parse(JSON.parse(Buffer.from(value, 'base64url').toString()))
  const isOfThis = begun.provider === at.provider && begun.listener === at.listener && begun.until > now
  return isOfThis ? begun : undefined
}

const signed = (value: string, pepper: Buffer): string =>
  createHmac('sha256', pepper).update(`oidc ${value}`).digest('base64url')
