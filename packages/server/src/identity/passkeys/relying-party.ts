import { isIP } from 'node:net'
import { SpekaError } from '@speka/core'
import type { Site } from '../../config/site-schema.ts'
import { hostnameOf } from '../../http/known-host.ts'
import type { SiteParts } from '../../site/site-parts.ts'
import { NOT_INSTALLED } from './webauthn.ts'

/**
 * For whom passkeys are made: a domain, and the one origin at which pages of it ask for them.
 *
 * @see https://www.w3.org/TR/webauthn-3/#relying-party-identifier
 */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
  readonly name: string
}

/**
 * Who this is to passkeys, where a visitor has come in by a host; or why he can have none, in words for him.
 *
 * @param host the `Host` that was asked.
 */
function relyingPartyOf(site: Pick<Site, 'name' | 'publicUrl'>, host: string | undefined): RelyingParty | string {
  const { name, publicUrl } = site
  const asked = hostnameOf(host)
  if (publicUrl === undefined) {
    if (asked === 'localhost') return { id: asked, origin: `http://${host}`, name }
    const port = /:\d+$/.exec(host ?? '')?.[0] ?? ''
    return `Browsers keep no passkeys for an address in figures. On the machine itself open http://localhost${port}; for others, whoever runs this service sets site.public_url.`
  }
  const { protocol, hostname } = new URL(publicUrl)
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0)
    return 'Browsers keep no passkeys for an address in figures, and site.public_url is one. Whoever runs this service can give it a name.'
  if (protocol !== 'https:' && hostname !== 'localhost')
    return 'Browsers keep passkeys for pages over https alone, and site.public_url is http.'
  if (asked !== hostname) return `Passkeys work at ${publicUrl} alone, and this page was reached by another name.`
  return { id: hostname, origin: publicUrl, name }
}

/** Why no passkey can be made or used where a visitor has come in, in words for him; `undefined`: they can. */
export function passkeyTrouble(
  { listener, site, webAuthn }: Pick<SiteParts, 'listener' | 'site' | 'webAuthn'>,
  host: string | undefined,
): string | undefined {
  if (listener === 'admin') return 'Passkeys are for members of an account.'
  if (webAuthn?.isInstalled() !== true) return NOT_INSTALLED
  const party = relyingPartyOf(site(), host)
  return typeof party === 'string' ? party : undefined
}

/** @throws SpekaError `invalid_request` where there are no passkeys, with why */
export function demandPasskeys(parts: SiteParts, host: string | undefined) {
  const trouble = passkeyTrouble(parts, host)
  const { webAuthn } = parts
  const party = relyingPartyOf(parts.site(), host)
  if (trouble !== undefined || webAuthn === undefined || typeof party === 'string')
    throw new SpekaError('invalid_request', trouble ?? NOT_INSTALLED)
  return { webAuthn, party }
}
