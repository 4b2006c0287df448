import type {
  IAdditionalCredentialOptions,
  ICredentialDataDecryptedObject,
  IHttpRequestOptions,
  IN8nHttpFullResponse,
  INode,
} from 'n8n-workflow'
import type { Exchange, Headers, Transport, TransportFailure, TransportFailureKind } from '@speka/core'

/** As much of an n8n context as a request needs: all kinds of them have it. */
export interface HttpContext {
  getNode(): INode
  helpers: {
    httpRequestWithAuthentication(
      this: unknown,
      credentialsType: string,
      requestOptions: IHttpRequestOptions,
      additional?: IAdditionalCredentialOptions,
    ): Promise<unknown>
    httpRequest(requestOptions: IHttpRequestOptions): Promise<unknown>
  }
}

/** The type of credential that all nodes have. */
export const CREDENTIAL = 'spekaApi'

/**
 * Stands for the key in what the engine is told of the gateway. The real one is n8n's to add; a place without this, such as the
 * address of an image, is asked without a key.
 */
export const KEY_OF_N8N = 'the key that n8n keeps'

/** The credential of one item, and the address in it. */
export interface Gate {
  /** As `normaliseBaseUrl` leaves it. */
  readonly baseUrl: string
  readonly credential: ICredentialDataDecryptedObject
}

/** What the gateway answered, as it came. */
export interface RawReply {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

export interface N8nTransportOptions {
  /** Whose key goes along. */
  readonly credential: ICredentialDataDecryptedObject
  /** Hears of a request to the gateway whether it may have arrived there. */
  readonly onSent?: (mayHaveArrived: boolean) => void
  /** Sees every reply, errors too, before the engine does. */
  readonly onReply?: (reply: RawReply) => void
  /** When n8n itself gives up, in ms: its request cannot be called off from here. */
  readonly timeoutMs: number
  /** Sent with every request, in place of the engine's. */
  readonly headers?: Headers
}

/**
 * The way to the gateway through n8n's own HTTP helper: its proxies, its limits on where requests may go, its way of stopping
 * with the execution. The helper adds the key, which the engine never sees. Replies come whole.
 */
export function createN8nTransport(
  context: HttpContext,
  { credential, onSent = () => {}, onReply = () => {}, timeoutMs, headers: own = {} }: N8nTransportOptions,
): Transport {
  // Left to itself, the helper takes the key of the first item for every item.
  const ofItem = { credentialsDecrypted: { id: '', name: '', type: CREDENTIAL, data: credential } }
  return {
    send(to, { method, path, headers, body, streamed }, sink) {
      if (streamed !== undefined) throw new Error('n8n’s HTTP helper sends no body that is still on its way.')
      const exchange = new Waiting(() => sink.fail({ kind: 'aborted', sent: true, cause: undefined }))
      const options: IHttpRequestOptions = {
        method,
        url: to.origin + path,
        headers: { ...headers, ...own },
        encoding: 'arraybuffer',
        returnFullResponse: true,
        ignoreHttpStatusErrors: true,
        // The helper's next host would be sent the key as well.
        disableFollowRedirect: true,
        timeout: timeoutMs,
        // As text: what n8n asks of an object it also asks of a buffer, byte by byte.
        ...(body !== undefined && { body: Buffer.concat(body).toString('utf8') }),
      }
      const ofGateway = to.credential === KEY_OF_N8N
      if (ofGateway) onSent(true)
      const response = ofGateway
        ? context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, options, ofItem)
        : context.helpers.httpRequest(options)
      response
        .then((received) => {
          const reply = readReply(received as IN8nHttpFullResponse)
          if (ofGateway) onReply(reply)
          exchange.over(() => {
            sink.head(reply.status, reply.headers)
            sink.data(reply.body)
            sink.end()
          })
        })
        .catch((cause: unknown) => {
          const failure = transportFailureOf(cause)
          if (ofGateway) onSent(failure.sent)
          exchange.over(() => sink.fail(failure))
        })
      return exchange
    },
  }
}

/** A request that n8n carries out: it can only be waited for, or no longer listened to. */
class Waiting implements Exchange {
  readonly #aborted: () => void
  #done = false

  constructor(aborted: () => void) {
    this.#aborted = aborted
  }

  /** It has ended, well or not: says so, unless nobody listens any more. */
  over(tell: () => void): void {
    if (this.#done) return
    this.#done = true
    tell()
  }

  abort(): void {
    if (this.#done) return
    this.#done = true
    void Promise.resolve().then(this.#aborted)
  }

  pause(): void {
    // The reply comes whole.
  }

  resume(): void {
    // The reply comes whole.
  }
}

/** What any of n8n's helpers gives back, in one form. */
export function readReply({ statusCode, headers, body }: IN8nHttpFullResponse): RawReply {
  const known = Object.entries(headers ?? {})
  return {
    status: statusCode,
    headers: Object.fromEntries(known.map(([name, value]) => [name.toLowerCase(), String(value)])),
    body: bytesOf(body),
  }
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  if (body instanceof ArrayBuffer) return Buffer.from(body)
  if (typeof body === 'string') return Buffer.from(body)
  return body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body))
}

const kinds: readonly { codes: RegExp; kind: TransportFailureKind; sent: boolean }[] = [
  { codes: /^ECONNREFUSED$/, kind: 'refused', sent: false },
  { codes: /^(?:ENOTFOUND|EAI_AGAIN)$/, kind: 'dns', sent: false },
  { codes: /^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, kind: 'refused', sent: false },
  { codes: /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/, kind: 'tls', sent: false },
  { codes: /^(?:ERR_CANCELED|ABORT_ERR)$/, kind: 'aborted', sent: true },
  { codes: /^(?:ECONNRESET|EPIPE)$/, kind: 'reset', sent: true },
]

/** n8n wraps what went wrong below HTTP, once or several times; the innermost code tells. */
export function transportFailureOf(cause: unknown): TransportFailure {
  const codes = codesOf(cause)
  const known = kinds.find((row) => codes.some((code) => row.codes.test(code)))
  return { kind: known?.kind ?? 'other', sent: known?.sent ?? true, cause }
}

function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 5) return []
  const { code, httpCode, cause, errors } = error as Record<string, unknown>
  return [
    ...[code, httpCode].filter((value) => typeof value === 'string'),
    ...codesOf(cause, depth + 1),
    ...(Array.isArray(errors) ? errors.flatMap((each: unknown) => codesOf(each, depth + 1)) : []),
  ]
}
