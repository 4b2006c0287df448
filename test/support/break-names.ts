import dns from 'node:dns'

/** How looking up a name goes wrong; `silence`: no reply at all. */
export type NameFault = 'ENOTFOUND' | 'EAI_AGAIN' | 'silence'

type Told = (error: Error) => void

/**
 * Makes looking up some names fail in this process, in the same way on every machine; the others go on as before.
 *
 * @returns what puts everything back.
 */
export function breakNames(faults: Readonly<Record<string, NameFault>>): () => void {
  const { lookup } = dns
  const broken = (name: string, ...rest: unknown[]): unknown => {
    const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
    if (fault === undefined) return Reflect.apply(lookup, dns, [name, ...rest])
    const tell = rest.at(-1) as Told
    if (fault !== 'silence')
      setImmediate(tell, Object.assign(new Error(`getaddrinfo ${fault} ${name}`), { code: fault }))
    return {}
  }
  dns.lookup = Object.assign(broken, { __promisify__: lookup.__promisify__ }) as typeof dns.lookup
  return () => void (dns.lookup = lookup)
}
