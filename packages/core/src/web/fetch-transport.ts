import type {
  Bytes,
  Exchange,
  Headers as PlainHeaders,
  ReplySink,
  StreamedBody,
  Transport,
  TransportFailureKind,
  Upstream,
  UpstreamRequest,
} from '../transport.ts'
import { join } from '../bytes/splice.ts'

export interface FetchTransportOptions {
  /** Default: the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * HTTP over `fetch`, for runtimes that have nothing else, such as browsers and Workers. No redirects. How long a connection
 * takes to open it cannot tell, and a name that has to resolve to a public address it cannot check, so it does not go there.
 *
 * @example
 * const gateway = assembleGateway({ config, transport: createFetchTransport(), clock, random: Math.random })
 */
export function createFetchTransport({ fetch: given }: FetchTransportOptions = {}): Transport {
  return {
    send(to, request, sink) {
      const exchange = new FetchExchange(sink)
      // By name when it is called: some runtimes and tests put another one in place, and it must not be a method of ours.
      const fetch: typeof globalThis.fetch = given ?? ((input, init) => globalThis.fetch(input, init))
      void exchange.run(fetch, to, request)
      return exchange
    },
  }
}

/** Told of a reply by the runtime itself, which has decoded the body by then. */
const decoded = new Set(['content-encoding', 'content-length'])

class FetchExchange implements Exchange {
  readonly #sink: ReplySink
  readonly #leaving = new AbortController()
  #hasBegun = false
  #isOver = false
  /** Why the body that was sent broke off. */
  #broken: { readonly cause: unknown } | undefined
  #resume: (() => void) | undefined
  #paused: Promise<void> | undefined

  constructor(sink: ReplySink) {
    this.#sink = sink
  }

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  resume(): void {
    this.#paused = undefined
    this.#resume?.()
  }

  abort(): void {
    if (this.#isOver) return
    this.#leaving.abort()
    // Nobody reads on who waits.
    this.resume()
  }

  async run(fetch: typeof globalThis.fetch, to: Upstream, request: UpstreamRequest): Promise<void> {
    try {
      await turn
      if (to.mustBePublic === true) return this.#fail('not_public', undefined)
      if (to.identity !== undefined) return this.#fail('no_credential', undefined)
      const response = await fetch(to.origin + request.path, {
        method: request.method,
        headers: withCredential(request.headers, to),
        ...(request.body !== undefined && { body: join(request.body) as Uint8Array<ArrayBuffer> }),
        ...(request.streamed !== undefined && this.#stream(request.streamed)),
        redirect: 'manual',
        signal: this.#leaving.signal,
      })
      await this.#read(response)
    } catch (cause) {
      if (this.#broken !== undefined) this.#fail('other', this.#broken.cause)
      else this.#fail(this.#leaving.signal.aborted ? 'aborted' : kindOf(cause, this.#hasBegun), cause)
    }
  }

  /** A body that is pulled as it is sent; `duplex` says that the answer may only come behind it. */
  #stream(streamed: StreamedBody): { body: ReadableStream<Bytes>; duplex: 'half' } {
    const bytes = streamed.open()[Symbol.asyncIterator]()
    const body = new ReadableStream<Bytes>({
      pull: async (controller) => {
        try {
          const { value, done } = await bytes.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        } catch (cause) {
          // What fetch says of it is only that it failed.
          this.#broken = { cause }
          controller.error(cause)
        }
      },
      async cancel() {
        await bytes.return?.()
      },
    })
    return { body, duplex: 'half' }
  }

  async #read(response: Response): Promise<void> {
    this.#leaving.signal.throwIfAborted()
    this.#hasBegun = true
    const headers = [...response.headers].filter(([name]) => !decoded.has(name))
    // A redirect that is not followed has no status in a browser.
    this.#sink.head(response.type === 'opaqueredirect' ? 302 : response.status, Object.fromEntries(headers))
    const reader = response.body?.getReader()
    for (;;) {
      await this.#paused
      this.#leaving.signal.throwIfAborted()
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      this.#leaving.signal.throwIfAborted()
      if (done) break
      if (value !== undefined) this.#sink.data(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
    }
    this.#isOver = true
    this.#sink.end()
  }

  #fail(kind: TransportFailureKind, cause: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#leaving.abort()
    this.#sink.fail({ kind, sent: this.#hasBegun || kind === 'reset' || kind === 'aborted', cause })
  }
}

const turn = Promise.resolve()

/** What runtimes that say it call it; others say nothing but that it failed. */
const kinds: Readonly<Record<string, TransportFailureKind>> = {
  ECONNREFUSED: 'refused',
  ConnectionRefused: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ECONNRESET: 'reset',
  UND_ERR_SOCKET: 'reset',
}

function kindOf(error: unknown, hasBegun: boolean): TransportFailureKind {
  if (hasBegun) return 'reset'
  // Not by `instanceof`: the error may come from another realm.
  for (
    let cause = error;
    typeof cause === 'object' && cause !== null;
    cause = 'cause' in cause ? cause.cause : undefined
  ) {
    const kind = 'code' in cause ? kinds[String(cause.code)] : undefined
    if (kind !== undefined) return kind
  }
  return 'other'
}

function withCredential(headers: PlainHeaders, { credential, credentialHeader = 'authorization' }: Upstream): Headers {
  const all = new Headers(headers)
  if (credential === '') return all
  all.set(credentialHeader, credentialHeader === 'authorization' ? `Bearer ${credential}` : credential)
  return all
}
