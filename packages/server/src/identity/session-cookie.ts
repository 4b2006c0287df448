import type { IncomingMessage } from 'node:http'
import type { Site } from '../config/site-schema.ts'
import { hostnameOf } from '../http/known-host.ts'
import type { Listener } from '../http/router.ts'

/** How a browser is to keep a session. */
interface CookieRule {
  readonly name: string
  readonly sameSite: 'Strict' | 'Lax'
}

/** Cookies know no ports: those of the two listeners of one machine differ by name, and each listener reads its own alone. */
const cookieRules: Readonly<Record<Listener, CookieRule>> = {
  admin: { name: 'speka_operator', sameSite: 'Strict' },
  gateway: { name: 'speka_member', sameSite: 'Lax' },
}

/** A cookie by its whole name, and what is said of it beside its value. */
interface SessionCookie {
  readonly name: string
  readonly attributes: string
}

/**
 * The cookie of a listener's sessions. Where visitors come by https it goes over nothing else, and no other host of the same
 * domain can set it.
 *
 * @param host the `Host` that was asked: the operator's listener may be at another address than the public one.
 */
export function sessionCookie(listener: Listener, { publicUrl }: Site, host: string | undefined): SessionCookie {
  const { name, sameSite } = cookieRules[listener]
  const url = publicUrl === undefined ? undefined : new URL(publicUrl)
  const isSecure = url?.protocol === 'https:' && (listener === 'gateway' || hostnameOf(host) === url.hostname)
  const attributes = `Path=/; HttpOnly; SameSite=${sameSite}`
  return isSecure ? { name: `__Host-${name}`, attributes: `${attributes}; Secure` } : { name, attributes }
}

/** The cookie of a browser that is about to sign in by a passkey, on the gateway's listener. */
export const passkeyCookie = ({ publicUrl }: Site): SessionCookie => {
  const isSecure = publicUrl !== undefined && new URL(publicUrl).protocol === 'https:'
  const attributes = 'Path=/; HttpOnly; SameSite=Strict'
  return isSecure
    ? { name: '__Host-speka_passkey', attributes: `${attributes}; Secure` }
    : { name: 'speka_passkey', attributes }
}

/** The cookie with a value, as `set-cookie` says it. @param seconds how long it is to be kept; 0: no longer. */
export const setCookie = ({ name, attributes }: SessionCookie, value: string, seconds: number): string =>
  `${name}=${value}; ${attributes}; Max-Age=${seconds}`

/** The value of a cookie; `undefined` when it was not sent, or was sent with two values, of which one may be somebody else's. */
export function cookieIn({ headers }: Pick<IncomingMessage, 'headers'>, { name }: SessionCookie): string | undefined {
  const beginning = `${name}=`
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(beginning))
    .map((pair) => pair.slice(beginning.length))
  const [value, ...others] = new Set(values)
  return others.length > 0 ? undefined : value
}
