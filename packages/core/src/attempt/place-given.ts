import type { Upstream } from '../transport.ts'

/**
 * Where to fetch what an upstream has left at an address. The credential goes along only to the upstream's own host and to
 * those its provider vouches for; anything else must be HTTPS under a public name, so that no answer can make the gateway
 * look into the operator's network.
 *
 * @returns `undefined` for an address that is not to be fetched.
 */
export function placeGiven(to: URL, upstream: Upstream, hosts: readonly string[] = []): Upstream | undefined {
  const own = new URL(upstream.origin)
  if (to.origin === own.origin) return { ...upstream, origin: to.origin }
  if (to.protocol !== 'https:' || to.username !== '' || to.port !== '') return undefined
  if (hosts.some((host) => (host.startsWith('.') ? to.hostname.endsWith(host) : to.hostname === host)))
    return { ...upstream, origin: to.origin }
  return isPublicName(to.hostname) ? { id: upstream.id, origin: to.origin, credential: '' } : undefined
}

/** A name with a dot and a top-level domain; addresses, `localhost` and names of a local network are not. */
const isPublicName = (host: string): boolean =>
  /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(host) && !LOCAL.some((suffix) => host.endsWith(suffix))

const LOCAL = ['.localhost', '.local', '.internal', '.lan', '.home', '.arpa', '.test', '.invalid']
