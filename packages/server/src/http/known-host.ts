import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { SpekaError } from '@speka/core'

/** Where a listener is, and by what other name it is known. */
export interface KnownAs {
  /** The address it was told to listen at. */
  readonly host: string
  /** The origin at which visitors reach it, if somebody has said. */
  readonly publicUrl: string | undefined
}

/** Addresses that stand for all that a machine has. */
const ALL_ADDRESSES = ['0.0.0.0', '::']

/**
 * Refuses what was asked of another host: a page elsewhere whose name was made to lead here would otherwise be one of ours to
 * the browser. An address in figures cannot be made to lead anywhere, so a listener at all addresses takes each of them.
 *
 * @throws SpekaError `misdirected_request`
 */
export function demandKnownHost({ headers }: Pick<IncomingMessage, 'headers'>, { host, publicUrl }: KnownAs): void {
  const asked = hostnameOf(headers.host)
  const isKnown =
    isThisMachine(asked) ||
    asked === bare(host) ||
    (isIP(asked) !== 0 && ALL_ADDRESSES.includes(host)) ||
    (publicUrl !== undefined && asked === bare(new URL(publicUrl).hostname))
  if (isKnown) return
  throw new SpekaError(
    'misdirected_request',
    'This gateway does not answer to the host name it was asked by. Use the address that its start has shown, or let whoever runs it set site.public_url.',
  )
}

/** The name or address in a `Host` header, without its port. */
export const hostnameOf = (host = ''): string => bare(host.toLowerCase().replace(/:\d*$/, ''))

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')

const isThisMachine = (name: string): boolean =>
  name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
