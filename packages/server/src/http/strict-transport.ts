import type { IncomingMessage } from 'node:http'
import { hostnameOf } from './known-host.ts'

/** For how long a browser keeps to https, in seconds: a year. Of other hosts below the same domain nothing is said. */
const MAX_AGE_S = 31_536_000

/**
 * The value of `strict-transport-security` for an answer, where it goes over https: by the public address, and not by a proxy that
 * says it was asked without. `undefined`: it does not.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6797#section-7.2
 */
export function strictTransport(
  { headers }: Pick<IncomingMessage, 'headers'>,
  publicUrl: string | undefined,
): string | undefined {
  if (publicUrl === undefined) return undefined
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol !== 'https:' || hostnameOf(headers.host) !== hostname.replace(/^\[(.*)\]$/, '$1')) return undefined
  const forwarded = String(headers['x-forwarded-proto'] ?? 'https')
    .split(',')
    .at(-1)
  return forwarded?.trim().toLowerCase() === 'https' ? `max-age=${MAX_AGE_S}` : undefined
}
