import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Of IPv4, what is not for everybody. https://www.iana.org/assignments/iana-ipv4-special-registry */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // Carriers' own, behind which cloud providers have services for their tenants.
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local, with the metadata of cloud machines.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, and all above it.
  ['224.0.0.0', 3],
]

/** Of IPv6, all that is given out to networks. Loopback, local, mapped and translated addresses are outside of it. */
const GLOBAL_IPV6: readonly [string, number] = ['2000::', 3]

/** Within it, what leads elsewhere. https://www.iana.org/assignments/iana-ipv6-special-registry */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  // Teredo, and others that hold an address of IPv4.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4.
  ['2002::', 16],
  ['3fff::', 20],
]

const special = new BlockList()
for (const [net, prefix] of SPECIAL_IPV4) special.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of SPECIAL_IPV6) special.addSubnet(net, prefix, 'ipv6')
const global = new BlockList()
global.addSubnet(...GLOBAL_IPV6, 'ipv6')

/** Whether an address is anybody's on the Internet: not this machine's, not a local network's, and none that stands for such a one. */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4')
    case 6:
      return global.check(address, 'ipv6') && !special.check(address, 'ipv6')
    default:
      return false
  }
}

/** The code of the error of {@link publicLookup} and {@link refusePrivate}. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS'

const isPrivate = (name: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`"${name}" has no address that is public`), { code: PRIVATE_ADDRESS })

/** Resolves a name to all its addresses. */
export type ResolveName = (
  name: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void

/** As the machine resolves names: its hosts file included. */
export const resolveName: ResolveName = (name, done) => lookup(name, { all: true, order: 'verbatim' }, done)

/**
 * A look-up for `net.connect` that finds public addresses only. What it has found is what is dialled: there is no second
 * look-up that could find another.
 */
export const publicLookup =
  (resolve: ResolveName): LookupFunction =>
  (name, options, callback) =>
    resolve(name, (error, addresses) => {
      if (error !== null) {
        callback(error, '')
        return
      }
      const found = addresses.filter(({ address }) => isPublicAddress(address))
      const [first] = found
      if (first === undefined) callback(isPrivate(name), '')
      else if (options.all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })

/** Tells what is wrong with a host that must be public, where that shows without a connection: a name may yet be unknown here. */
export function refusePrivate(host: string, resolve: ResolveName, done: (error: Error | undefined) => void): void {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) {
    done(isPublicAddress(bare) ? undefined : isPrivate(bare))
    return
  }
  resolve(bare, (error, addresses) => {
    const known = error === null && addresses.length > 0
    done(known && !addresses.every(({ address }) => isPublicAddress(address)) ? isPrivate(bare) : undefined)
  })
}
