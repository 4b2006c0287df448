import { SpekaError } from '@speka/core'
import type { AccountRole } from '../actor.ts'
import { hintAt } from './path-hint.ts'
import type { AdminExchange, KeyedExchange, Visit } from './exchange.ts'

/** Who may call a route: anyone, the holder of a virtual key, a member of an account in a role, or who runs the gateway. */
export type Access = 'public' | 'key' | `account:${AccountRole}` | 'operator'

/** By what a caller shows who he is. */
export type AccessKind = 'public' | 'key' | 'account' | 'operator'

/** The gateway's own port, where `/v1` is, and the operator's, which may be kept off the network. */
export type Listener = 'gateway' | 'admin'

/** Where routes of each kind may be: the first is where they are unless they say otherwise. The operator's are never elsewhere. */
const listenersOf: Readonly<Record<AccessKind, readonly [Listener, ...Listener[]]>> = {
  public: ['gateway', 'admin'],
  key: ['gateway'],
  account: ['admin', 'gateway'],
  operator: ['admin'],
}

/** What a handler is given. */
type ExchangeOf<A extends Access> = A extends 'public' ? Visit : A extends 'key' ? KeyedExchange : AdminExchange

/** What can be done at a path. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface RouteFor<A extends Access> {
  readonly method: Method
  /** As in `/v1/models/*` or `/api/v1/keys/{id}`: see {@link createRouter}. */
  readonly path: string
  readonly access: A
  /** Default: the usual one of its access. */
  readonly listener?: Listener | undefined
  readonly handle: (exchange: ExchangeOf<A>) => void | Promise<void>
}

/** One row of a listener's table. */
export type Route<A extends Access = Access> = { readonly [One in A]: RouteFor<One> }[A]

/** A listener, and the kinds of callers it can tell from others. */
export interface Served {
  readonly listener: Listener
  readonly authenticates: readonly AccessKind[]
}

/** Finds the route of a request. */
export interface Router<A extends Access = Access> {
  /**
   * A `HEAD` finds the route of the `GET`.
   *
   * @throws SpekaError `unknown_url` or `method_not_allowed`
   */
  find(method: string, path: string): Route<A>
  /** The methods that a path takes, as the header `allow` lists them. */
  methods(path: string): string
}

/**
 * Makes the router of one listener. A path that ends in `/*` takes everything below it, undecoded: model ids hold slashes.
 * `{name}` takes one segment, whatever it is; {@link segmentsOf} tells what it took.
 *
 * @throws TypeError for a route that does not say who may call it, whom the listener cannot tell from others, that has no
 *   place on the listener, or that is there twice.
 */
export function createRouter<A extends Access>(routes: readonly Route<A>[], served: Served): Router<A> {
  const exact = new Map<string, Route<A>>()
  const wild: { takes: (path: string) => boolean; route: Route<A> }[] = []
  const methods = new Map<string, string[]>()
  for (const route of routes) {
    const complaint = complaintAbout(route, served)
    if (complaint !== undefined) throw new TypeError(`${name(route)} ${complaint}`)
    const key = `${route.method} ${route.path}`
    if (exact.has(key)) throw new TypeError(`${name(route)} is in the table twice`)
    exact.set(key, route)
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method])
    const takes = takenBy(route.path)
    if (takes !== undefined) wild.push({ takes, route })
  }
  const wildFor = (path: string) => wild.filter(({ takes }) => takes(path))
  const allowedOn = (path: string): string[] =>
    methods.get(path) ?? wildFor(path).map((candidate) => candidate.route.method)
  return {
    methods: (path) => withHead(allowedOn(path.split('?', 1)[0] ?? path)).join(', '),
    find(asked, path) {
      const method = asked === 'HEAD' ? 'GET' : asked
      const route = exact.get(`${method} ${path}`)
      if (route !== undefined) return route
      const match = wildFor(path).find((candidate) => candidate.route.method === method)
      if (match !== undefined) return match.route
      const allowed = allowedOn(path)
      if (allowed.length > 0)
        throw new SpekaError('method_not_allowed', `${shown(asked)} is not possible here. Use ${allowed.join(' or ')}.`)
      throw new SpekaError('unknown_url', `There is nothing at ${shown(asked)} ${shown(path)}. ${hintAt(path)}`)
    },
  }
}

/** Which paths a path with open places takes; `undefined`: it has none, and takes itself alone. */
function takenBy(path: string): ((asked: string) => boolean) | undefined {
  if (path.endsWith('/*')) {
    const prefix = path.slice(0, -1)
    return (asked) => asked.startsWith(prefix) && asked.length > prefix.length
  }
  return path.includes('{') ? (asked) => segmentsOf(path, asked) !== undefined : undefined
}

/**
 * What a path has in the open places of another, decoded: `/keys/{id}` and `/keys/key_1` give `{ id: 'key_1' }`.
 *
 * @returns `undefined` when it does not fit.
 */
export function segmentsOf(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = template.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const found: [string, string][] = []
  for (const [at, want] of wanted.entries()) {
    const have = given[at] ?? ''
    if (!want.startsWith('{')) {
      if (want !== have) return undefined
    } else {
      const value = decoded(have)
      if (value === undefined || value === '') return undefined
      found.push([want.slice(1, -1), value])
    }
  }
  return Object.fromEntries(found)
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** What can be got can be asked about: Node leaves out the body. RFC 9110, section 9.3.2. */
const withHead = (allowed: readonly string[]): string[] =>
  allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method))

/** Why a route may not be served on a listener. */
function complaintAbout({ access, listener }: Pick<Route, 'access' | 'listener'>, served: Served): string | undefined {
  const kind = kindOf(access)
  if (kind === undefined)
    return 'does not declare who may call it: give it an access of public, key, account:ROLE or operator'
  const may = listenersOf[kind]
  const on = listener ?? may[0]
  if (!may.includes(on)) return `is ${access}, which is never on the ${on} listener: leave its listener out`
  if (on !== served.listener) return `belongs to the ${on} listener and not to the ${served.listener} one`
  if (!served.authenticates.includes(kind))
    return `may be called by ${access}, and the ${on} listener has no authenticator for that: give it one first`
  return undefined
}

/** The kind of an access, if it is one: a route may come from where types do not reach. */
const kindOf = (access: unknown): AccessKind | undefined =>
  /^account:./.test(String(access))
    ? 'account'
    : (['public', 'key', 'operator'] as const).find((kind) => kind === access)

const name = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

const shown = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
