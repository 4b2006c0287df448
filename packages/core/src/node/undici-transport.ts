import type { LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { EnvHttpProxyAgent, type Dispatcher } from 'undici'
import type { Bytes, Headers, Transport, Upstream, UpstreamRequest } from '../transport.ts'
import { join } from '../bytes/splice.ts'
import { Connections } from './connections.ts'
import { publicLookup, refusePrivate, resolveName, type ResolveName } from './public-address.ts'
import { UndiciExchange } from './undici-exchange.ts'

export interface UndiciTransportOptions {
  /** How long a connection may take to open, in ms. Default: 3000. */
  readonly connectMs?: number | undefined
  /**
   * Whether to go through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name.
   * @default false
   */
  readonly useProxyVariables?: boolean | undefined
  /** How the names of upstreams that must be public are resolved. Default: as the machine does. */
  readonly resolve?: ResolveName | undefined
}

/** A transport over real sockets, and the way to close them. */
export interface UndiciTransport extends Transport {
  close(): Promise<void>
}

/**
 * HTTP over undici: connections of its own for each origin, no redirects, no retries, no timeouts besides the
 * connection's. The engine's clock drives the rest.
 */
export function createUndiciTransport({
  connectMs = 3000,
  useProxyVariables = false,
  resolve = resolveName,
}: UndiciTransportOptions = {}): UndiciTransport {
  const proxy = useProxyVariables ? createProxy(connectMs) : undefined
  // Past the proxy, where the environment says so, it dials by itself.
  const publicProxy = useProxyVariables ? createProxy(connectMs, publicLookup(resolve)) : undefined
  const endpoints = new Map<string, Endpoint>()
  /** The same places, as others than the operator have named them. */
  const publicEndpoints = new Map<string, Endpoint>()

  const endpointOf = (upstream: Upstream): Endpoint => {
    const known = endpoints.get(upstream.origin)
    if (known !== undefined) return known
    const { origin, pathname } = new URL(upstream.origin)
    const endpoint = {
      dispatcher: proxy ?? new Connections(origin, connectMs),
      origin,
      basePath: pathname.replace(/\/$/, ''),
    }
    endpoints.set(upstream.origin, endpoint)
    return endpoint
  }

  const publicEndpointOf = (upstream: Upstream): Endpoint => {
    const known = publicEndpoints.get(upstream.origin)
    if (known !== undefined) return known
    const { origin } = new URL(upstream.origin)
    const dispatcher = publicProxy ?? new Connections(origin, connectMs, publicLookup(resolve))
    const endpoint = { dispatcher, origin, basePath: '' }
    publicEndpoints.set(upstream.origin, endpoint)
    return endpoint
  }

  return {
    send(to, request, sink) {
      const exchange = new UndiciExchange(sink)
      if (to.mustBePublic !== true) {
        dispatch(endpointOf(to), to, request, exchange)
        return exchange
      }
      const endpoint = publicEndpointOf(to)
      // An address needs no look-up, and a proxy does its own.
      refusePrivate(new URL(endpoint.origin).hostname, resolve, (error) => {
        if (error !== undefined) queueMicrotask(() => exchange.onResponseError(undefined, error))
        else if (exchange.isAborted) queueMicrotask(() => exchange.onResponseError(undefined, new Error('aborted')))
        else dispatch(endpoint, to, request, exchange)
      })
      return exchange
    },
    async close() {
      const all = [...endpoints.values(), ...publicEndpoints.values()].map(({ dispatcher }) => dispatcher)
      const closed = new Set<Dispatcher | Connections | undefined>([...all, proxy, publicProxy])
      await Promise.all([...closed].map((dispatcher) => dispatcher?.close()))
    },
  }
}

function dispatch(
  { dispatcher, origin, basePath }: Endpoint,
  to: Upstream,
  request: UpstreamRequest,
  exchange: UndiciExchange,
): void {
  try {
    dispatcher.dispatch(
      {
        origin,
        path: basePath + request.path,
        method: request.method,
        headers: withLength(withCredential(request.headers, to), request),
        body: bodyOf(request),
      },
      exchange,
    )
  } catch (error) {
    queueMicrotask(() => exchange.onResponseError(undefined, error as Error))
  }
}

interface Endpoint {
  readonly dispatcher: Dispatcher | Connections
  readonly origin: string
  readonly basePath: string
}

/** Goes through the proxy that the environment names, and past it where the environment says so. */
const createProxy = (connectMs: number, lookup?: LookupFunction): Dispatcher =>
  new EnvHttpProxyAgent({
    connect: { timeout: connectMs, ...(lookup !== undefined && { lookup }) },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    connections: null,
    allowH2: false,
  })

/** The body in one piece: one copy costs less than undici's way of sending several, until it is large. */
const bodyOf = ({ body, streamed }: UpstreamRequest): Buffer | Readable | null => {
  if (streamed !== undefined) return Readable.from(streamed.open(), { objectMode: false })
  if (body === undefined) return null
  return isLarge(body) ? Readable.from(smallPieces(body), { objectMode: false }) : join(body)
}

/** A body of several pieces above this is not put together: a copy of megabytes takes time that others wait, and memory. */
const JOINED_BYTES = 1024 * 1024
/** How much of it is handed to a connection at once. */
const PIECE_BYTES = 256 * 1024

const isLarge = (body: readonly Bytes[]): boolean => body.length > 1 && lengthOf(body) > JOINED_BYTES

function lengthOf(body: readonly Bytes[]): number {
  let length = 0
  for (const piece of body) length += piece.length
  return length
}

/** Pieces of about one size, out of some that may be tiny or huge. */
function* smallPieces(body: readonly Bytes[]): Generator<Buffer> {
  let together: Bytes[] = []
  let length = 0
  for (const piece of body) {
    for (let at = 0; at < piece.length; at += PIECE_BYTES) {
      const part = piece.subarray(at, at + PIECE_BYTES)
      together.push(part)
      length += part.length
      if (length < PIECE_BYTES) continue
      yield join(together)
      together = []
      length = 0
    }
  }
  if (length > 0) yield join(together)
}

/** What undici cannot know of a body in pieces. */
function withLength(headers: string[], { body }: UpstreamRequest): string[] {
  if (body !== undefined && isLarge(body)) headers.push('content-length', String(lengthOf(body)))
  return headers
}

/** Names and values in turn, which is the quickest for undici to take. */
function withCredential(headers: Headers, { credential, credentialHeader = 'authorization' }: Upstream): string[] {
  const all: string[] = []
  for (const name in headers) if (name !== credentialHeader) all.push(name, headers[name] ?? '')
  if (credential === '') return all
  all.push(credentialHeader, credentialHeader === 'authorization' ? `Bearer ${credential}` : credential)
  return all
}
