import type { Upstream } from '../transport.ts'

/** A place that an upstream has pointed to. */
export interface GivenPlace {
  readonly upstream: Upstream
  /** Whether it is nobody's that the provider vouches for: it is told neither the credential nor anything of the request. */
  readonly isForeign: boolean
}

/**
 * Where to fetch what an upstream has left at an address. The credential goes along only to the upstream's own host and to
 * those its provider vouches for; anything else must be HTTPS under a public name. Whatever is not the upstream's own host
 * must lead to a public address, so that no answer can make the gateway look into the operator's network.
 *
 * @param hosts names, of which `*` stands for one part: `api.*.example.com`.
 * @returns `undefined` for an address that is not to be fetched.
 */
export function placeGiven(to: URL, upstream: Upstream, hosts: readonly string[] = []): GivenPlace | undefined {
  const own = { upstream: { ...upstream, origin: to.origin }, isForeign: false }
  if (to.origin === new URL(upstream.origin).origin) return own
  if (to.protocol !== 'https:' || to.username !== '' || to.port !== '') return undefined
  if (hosts.some((host) => isNamed(to.hostname, host)))
    return { ...own, upstream: { ...own.upstream, mustBePublic: true } }
  if (!isPublicName(to.hostname)) return undefined
  return { upstream: { id: upstream.id, origin: to.origin, credential: '', mustBePublic: true }, isForeign: true }
}

function isNamed(name: string, host: string): boolean {
  const [parts, known] = [name.split('.'), host.split('.')]
  return parts.length === known.length && known.every((part, at) => part === '*' || part === parts[at])
}

/** A name with a dot and a top-level domain; addresses, `localhost` and names of a local network are not. */
const isPublicName = (host: string): boolean =>
  /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(host) && !LOCAL.some((suffix) => host.endsWith(suffix))

const LOCAL = ['.localhost', '.local', '.internal', '.lan', '.home', '.arpa', '.test', '.invalid']
