import { IdentityError, parsed } from './ask-over.ts'
import type { Lasting } from './expiring.ts'

/** Longer than any of these tokens lives, in s. */
const LONGEST_S = 24 * 3600
/** What a token that does not say is taken to live for, in s. */
const USUAL_S = 3600

/** The answer of a token endpoint: https://www.rfc-editor.org/rfc/rfc6749#section-5.1. Some write numbers as texts. */
export function readAccessToken(who: string, text: string): Lasting<string> {
  const { access_token: token, expires_in: seconds } = parsed(text)
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new IdentityError(`${who} gave no credential: its answer has no access_token`)
  const lifetime = Number(seconds ?? USUAL_S)
  return { value: token, lifetimeMs: (lifetime > 0 ? Math.min(lifetime, LONGEST_S) : USUAL_S) * 1000 }
}

/** A body as forms have it. */
export const form = (fields: Readonly<Record<string, string>>): { headers: Record<string, string>; body: string } => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})
