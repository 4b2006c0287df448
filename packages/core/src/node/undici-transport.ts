import type { LookupFunction } from 'node:net'
import { EnvHttpProxyAgent, type Dispatcher } from 'undici'
import type {
  Exchange,
  Headers,
  ReplySink,
  Transport,
  TransportFailureKind,
  Upstream,
  UpstreamRequest,
} from '../transport.ts'
import { join } from '../wire/splice.ts'
import { Connections, type Asking } from './connections.ts'
import { PRIVATE_ADDRESS, publicLookup, refusePrivate, resolveName, type ResolveName } from './public-address.ts'
import { TurnQueue } from './turn-queue.ts'

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
        headers: withCredential(request.headers, to),
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

/** The body in one piece: one copy costs less than undici's way of sending several. */
const bodyOf = ({ body }: UpstreamRequest): Buffer | null => (body === undefined ? null : join(body))

/** As much as one read from the network brings. */
const MOST_WAITING_BYTES = 64 * 1024

/**
 * One request, as undici tells of it. Data and end are told to the sink at the end of the turn, after one exchange the
 * next: what the engine does with a reply, and then writes to its caller, is most of the work of a request.
 */
class UndiciExchange implements Exchange, Asking {
  readonly #sink: ReplySink
  #controller: Dispatcher.DispatchController | undefined
  #sent = false
  #aborted = false
  /** Data that has come and was not told yet. */
  #chunks: Buffer[] = []
  #bytes = 0
  /** Whether anything waits for the end of the turn. */
  #waits = false
  /** Nothing more will come: the reply is whole, unless there is a cause. The connection is another request's by now. */
  #over = false
  #cause: unknown
  #told = false

  constructor(sink: ReplySink) {
    this.#sink = sink
  }

  get isOver(): boolean {
    return this.#over
  }

  get isAborted(): boolean {
    return this.#aborted
  }

  pause(): void {
    if (!this.#over) this.#controller?.pause()
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume()
  }

  abort(): void {
    if (this.#told || this.#aborted) return
    this.#aborted = true
    if (!this.#over) this.#controller?.abort(new Error('aborted'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sent = true
    if (this.#aborted) controller.abort(new Error('aborted'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Interim answers such as 103 are not the answer.
    if (status >= 200 && !this.#aborted) this.#sink.head(status, singleValued(headers))
    // Nobody reads them, and they hold on to the network's buffer for as long as a stream lasts.
    controller.rawHeaders = null
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    // One turn may bring megabytes: a sink that has had enough must be able to say so.
    if (this.#bytes > MOST_WAITING_BYTES) this.tell()
    else this.#tellSoon()
  }

  onResponseEnd(): void {
    this.#over = true
    this.#tellSoon()
  }

  onResponseError(_controller: unknown, cause: Error): void {
    if (this.#over) return
    this.#over = true
    this.#cause = cause
    this.#tellSoon()
  }

  #tellSoon(): void {
    if (this.#waits) return
    this.#waits = true
    replies.add(this)
  }

  /** Tells what has come. A sink that throws is told that it failed, so that its request has an end. */
  tell(): void {
    this.#waits = false
    if (this.#told) return
    try {
      this.#tellReply()
    } catch (cause) {
      this.#fail('other', cause)
      if (!this.#over) this.#controller?.abort(new Error('given up'))
      return
    }
    if (this.#over && !this.#told) this.#fail(this.#aborted ? 'aborted' : kindOf(this.#cause), this.#cause)
  }

  /** The data that has come, and the end of a reply that is whole. */
  #tellReply(): void {
    const chunks = this.#chunks
    if (chunks.length > 0) {
      this.#chunks = []
      this.#bytes = 0
      for (const chunk of chunks) if (!this.#aborted) this.#sink.data(chunk)
    }
    if (!this.#over || this.#aborted || this.#cause !== undefined) return
    this.#told = true
    this.#sink.end()
  }

  #fail(kind: TransportFailureKind, cause: unknown): void {
    this.#told = true
    this.#sink.fail({ kind, sent: this.#sent, cause })
  }
}

const replies = new TurnQueue<UndiciExchange>((exchange) => exchange.tell())

const kinds: Readonly<Record<string, TransportFailureKind>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ETIMEDOUT: 'connect_timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  EPROTO: 'tls',
  [PRIVATE_ADDRESS]: 'not_public',
}

/** What Node and OpenSSL call it: most have such a word in them. */
const TLS_TROUBLE = /CERT|TLS|SSL|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/

/** By code, the cause of the cause included. Not by `instanceof`: the error may come from another realm. */
function kindOf(error: unknown): TransportFailureKind {
  for (
    let cause = error;
    typeof cause === 'object' && cause !== null;
    cause = 'cause' in cause ? cause.cause : undefined
  ) {
    const code = 'code' in cause ? String(cause.code) : ''
    const kind = kinds[code]
    if (kind !== undefined) return kind
    if (TLS_TROUBLE.test(code)) return 'tls'
    // Several addresses were tried, and each failed.
    const first: unknown = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors[0] : undefined
    if (first !== undefined) return kindOf(first)
  }
  return 'other'
}

function singleValued(headers: Record<string, string | string[] | undefined>): Headers {
  for (const name in headers) if (typeof headers[name] !== 'string') return joined(headers)
  return headers as Headers
}

function joined(headers: Record<string, string | string[] | undefined>): Headers {
  const single: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) single[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return single
}

/** Names and values in turn, which is the quickest for undici to take. */
function withCredential(headers: Headers, { credential, credentialHeader = 'authorization' }: Upstream): string[] {
  const all: string[] = []
  for (const name in headers) if (name !== credentialHeader) all.push(name, headers[name] ?? '')
  if (credential === '') return all
  all.push(credentialHeader, credentialHeader === 'authorization' ? `Bearer ${credential}` : credential)
  return all
}
