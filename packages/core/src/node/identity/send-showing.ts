import type {
  Bytes,
  Exchange,
  Headers,
  ReplySink,
  Transport,
  TransportFailure,
  Upstream,
  UpstreamRequest,
} from '../../transport.ts'
import { redactor } from '../../attempt/secrets.ts'
import type { Authorizer } from './authorizer.ts'

/** Sends a request with the headers that show who asks. */
export const sendShowing = (
  headers: Headers,
  authorizer: Authorizer,
  transport: Transport,
  to: Upstream,
  request: UpstreamRequest,
  sink: ReplySink,
): Exchange =>
  transport.send(
    // A transport takes away what a request says in the header of its credential; here that is the identity's own.
    { ...to, credential: '', credentialHeader: 'x-key', identity: undefined },
    { ...request, headers: { ...request.headers, ...headers } },
    new ShownSink(sink, headers, authorizer),
  )

/** A refusal that is longer is handed on as far as this. */
const MOST_BYTES = 256 * 1024
/** Shorter ones are no secret: dates, and names of what is signed. */
const SHORTEST_SECRET = 32

/** Hears a reply for a sink. A refusal that repeats what it was shown is told without it, and has the identity look for something new. */
class ShownSink implements ReplySink {
  readonly #sink: ReplySink
  readonly #headers: Headers
  readonly #authorizer: Authorizer
  /** Of a refusal, what has come. */
  #held: Buffer[] | undefined
  #bytes = 0

  constructor(sink: ReplySink, headers: Headers, authorizer: Authorizer) {
    this.#sink = sink
    this.#headers = headers
    this.#authorizer = authorizer
  }

  head(status: number, said: Headers): void {
    if (status === 401 || status === 403) this.#authorizer.refused(said)
    if (status >= 400) this.#held = []
    this.#sink.head(status, said)
  }

  data(chunk: Bytes): void {
    if (this.#held === undefined) {
      this.#sink.data(chunk)
      return
    }
    this.#bytes += chunk.length
    if (this.#bytes <= MOST_BYTES) this.#held.push(Buffer.from(chunk))
  }

  end(): void {
    if (this.#held !== undefined && this.#held.length > 0) this.#sink.data(this.#clean(Buffer.concat(this.#held)))
    this.#sink.end()
  }

  fail(failure: TransportFailure): void {
    this.#sink.fail(failure)
  }

  #clean(refusal: Buffer): Buffer {
    const shown = Object.values(this.#headers).flatMap((value) => value.split(/[\s,]+/))
    const redact = redactor(shown.filter(({ length }) => length >= SHORTEST_SECRET))
    return Buffer.from(redact(refusal.toString('utf8')))
  }
}
