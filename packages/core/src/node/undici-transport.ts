import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici'
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
import { TurnQueue } from './turn-queue.ts'

export interface UndiciTransportOptions {
  /** How long a connection may take to open, in ms. Default: 3000. */
  readonly connectMs?: number | undefined
  /**
   * Whether to go through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name.
   * @default false
   */
  readonly useProxyVariables?: boolean | undefined
}

/** A transport over real sockets, and the way to close them. */
export interface UndiciTransport extends Transport {
  close(): Promise<void>
}

/**
 * HTTP over undici: one pool of connections per origin, no redirects, no retries, no timeouts of its own besides the
 * connection's. The engine's clock drives the rest.
 */
export function createUndiciTransport({
  connectMs = 3000,
  useProxyVariables = false,
}: UndiciTransportOptions = {}): UndiciTransport {
  // An unlimited pool: a hidden cap on connections would be a hidden cap on requests.
  const pool = {
    connect: { timeout: connectMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    connections: null,
    // With HTTP/2 on offer, requests to a host that does not take connections wait for each other's timeouts in line, and
    // those to one that does share a connection and what it breaks with.
    allowH2: false,
  }
  const proxy = useProxyVariables ? new EnvHttpProxyAgent(pool) : undefined
  const pools = new Map<string, Endpoint>()

  const endpointOf = (upstream: Upstream): Endpoint => {
    const known = pools.get(upstream.origin)
    if (known !== undefined) return known
    const { origin, pathname } = new URL(upstream.origin)
    const endpoint = { dispatcher: proxy ?? new Pool(origin, pool), origin, basePath: pathname.replace(/\/$/, '') }
    pools.set(upstream.origin, endpoint)
    return endpoint
  }

  return {
    send(to, request, sink) {
      const { dispatcher, origin, basePath } = endpointOf(to)
      const exchange = new UndiciExchange(sink)
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
      return exchange
    },
    async close() {
      await Promise.all([
        proxy?.close(),
        ...[...pools.values()].map(({ dispatcher }) => (dispatcher === proxy ? undefined : dispatcher.close())),
      ])
    },
  }
}

interface Endpoint {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly basePath: string
}

/** The body in one piece: one copy costs less than undici's way of sending several. */
const bodyOf = ({ body }: UpstreamRequest): Buffer | null => (body === undefined ? null : join(body))

/** Passes undici's events on, and holds back what comes before its request has begun. */
class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #sink: ReplySink
  #controller: Dispatcher.DispatchController | undefined
  #sent = false
  #aborted = false
  /** The reply is all there. From then on the connection belongs to another request. */
  #replied = false
  /** The sink knows. */
  #ended = false

  constructor(sink: ReplySink) {
    this.#sink = sink
  }

  pause(): void {
    if (!this.#replied) this.#controller?.pause()
  }

  resume(): void {
    if (!this.#replied) this.#controller?.resume()
  }

  abort(): void {
    if (this.#ended || this.#aborted) return
    this.#aborted = true
    if (!this.#replied) this.#controller?.abort(new Error('aborted'))
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
    if (!this.#aborted) this.#sink.data(chunk)
  }

  onResponseEnd(): void {
    this.#replied = true
    replies.add(this)
  }

  onResponseError(_controller: unknown, cause: Error): void {
    if (this.#ended || this.#replied) return
    this.#ended = true
    this.#sink.fail({ kind: this.#aborted ? 'aborted' : kindOf(cause), sent: this.#sent, cause })
  }

  tellEnd(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#aborted) return this.#sink.fail({ kind: 'aborted', sent: this.#sent, cause: undefined })
    try {
      this.#sink.end()
    } catch (cause) {
      this.#sink.fail({ kind: 'other', sent: true, cause })
    }
  }
}

/** Replies that are all there. What follows, reading, pricing and writing down, is most of the work of a request. */
const replies = new TurnQueue<UndiciExchange>((exchange) => exchange.tellEnd())

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
  if (!Object.values(headers).some(Array.isArray)) return headers as Headers
  const single: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) single[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return single
}

/** A copy, since undici changes what it is given. */
function withCredential(headers: Headers, { credential, credentialHeader = 'authorization' }: Upstream) {
  if (credential === '') return { ...headers }
  return { ...headers, [credentialHeader]: credentialHeader === 'authorization' ? `Bearer ${credential}` : credential }
}
