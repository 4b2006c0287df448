import { SpekaError } from '@speka/core'
import type { Exchange, KeyedExchange } from './exchange.ts'

/** Who may call a route: anyone, or the holder of a virtual key. */
export type Route =
  | {
      readonly method: 'GET' | 'POST'
      readonly path: string
      readonly access: 'public'
      readonly handle: (exchange: Exchange) => void | Promise<void>
    }
  | {
      readonly method: 'GET' | 'POST'
      readonly path: string
      readonly access: 'key'
      readonly handle: (exchange: KeyedExchange) => void | Promise<void>
    }

/** Finds the route of a request. */
export interface Router {
  /**
   * A `HEAD` finds the route of the `GET`.
   *
   * @throws SpekaError `unknown_url` or `method_not_allowed`
   */
  find(method: string, path: string): Route
  /** The methods that a path takes, as the header `allow` lists them. */
  methods(path: string): string
}

/**
 * Makes a router of a table. A path that ends in `/*` takes everything below it, undecoded: model ids hold slashes.
 *
 * @throws TypeError for a route that does not say who may call it, or that is there twice.
 */
export function createRouter(routes: readonly Route[]): Router {
  const exact = new Map<string, Route>()
  const below: { prefix: string; route: Route }[] = []
  const methods = new Map<string, string[]>()
  for (const route of routes) {
    if (route.access !== 'public' && route.access !== 'key')
      throw new TypeError(`${name(route)} does not declare who may call it`)
    const key = `${route.method} ${route.path}`
    if (exact.has(key)) throw new TypeError(`${name(route)} is in the table twice`)
    exact.set(key, route)
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method])
    if (route.path.endsWith('/*')) below.push({ prefix: route.path.slice(0, -1), route })
  }
  const wildFor = (path: string) => below.filter(({ prefix }) => path.startsWith(prefix) && path.length > prefix.length)
  const allowedOn = (path: string): string[] =>
    methods.get(path) ?? wildFor(path).map((candidate) => candidate.route.method)
  return {
    methods: (path) => withHead(allowedOn(path.split('?', 1)[0] ?? path)).join(', '),
    find(asked, path) {
      const method = asked === 'HEAD' ? 'GET' : asked
      const route = exact.get(`${method} ${path}`)
      if (route !== undefined) return route
      const wild = wildFor(path)
      const match = wild.find((candidate) => candidate.route.method === method)
      if (match !== undefined) return match.route
      const allowed = allowedOn(path)
      if (allowed.length > 0)
        throw new SpekaError('method_not_allowed', `${shown(asked)} is not possible here. Use ${allowed.join(' or ')}.`)
      throw new SpekaError(
        'unknown_url',
        `There is nothing at ${shown(asked)} ${shown(path)}. See the API reference for what there is.`,
      )
    },
  }
}

/** What can be got can be asked about: Node leaves out the body. RFC 9110, section 9.3.2. */
const withHead = (allowed: readonly string[]): string[] =>
  allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method))

const name = ({ method, path }: Route): string => `${method} ${path}`

const shown = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
