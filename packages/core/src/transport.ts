import type { CloudIdentity } from './cloud-identity.ts'

/** Raw bytes. In Node these are `Buffer`s. */
export type Bytes = Uint8Array

/** Header names in lower case, one value each. */
export type Headers = Readonly<Record<string, string>>

/** What to send upstream: no origin and no secret, both belong to the {@link Upstream}. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT'
  /** Path and query below the upstream's origin, starting with `/`. */
  readonly path: string
  readonly headers: Headers
  /** The body in pieces, so that splicing a value into the caller's bytes copies nothing. */
  readonly body?: readonly Bytes[]
  /** A body that comes while it is sent, in place of one that is there. A transport that cannot send it says so. */
  readonly streamed?: StreamedBody | undefined
}

/** Bytes that are taken no faster than they are sent. */
export interface StreamedBody {
  /** From the beginning, once for each time that they are sent. What it throws is the cause of the failure that the sink hears. */
  open(): AsyncIterable<Bytes>
}

/** An endpoint the operator configured. Callers never choose one. */
export interface Upstream {
  /** The provider's name in the configuration. */
  readonly id: string
  /** Scheme, host, port and an optional base path, without a trailing slash: `https://api.example.com/v1`. */
  readonly origin: string
  /** The operator's secret; the transport alone turns it into a header. Empty when the upstream wants none. */
  readonly credential: string
  /** How the upstream wants its credential. Default: `authorization`, as a bearer token. */
  readonly credentialHeader?: CredentialHeader | undefined
  /** In place of a credential, where that is one that expires: as whom the gateway calls. Not every transport can. */
  readonly identity?: CloudIdentity | undefined
  /**
   * Whether only public addresses may be dialled for it, because somebody else than the operator has named it. A transport
   * resolves the name, checks what it finds, and dials that.
   * @default false
   */
  readonly mustBePublic?: boolean | undefined
}

/** The headers that providers take their keys in. */
export type CredentialHeader = 'authorization' | 'api-key' | 'x-api-key' | 'x-goog-api-key' | 'x-key'

/** Why a request failed below HTTP. */
export type TransportFailureKind =
  | 'refused'
  | 'dns'
  | 'tls'
  | 'connect_timeout'
  | 'reset'
  | 'aborted'
  /** The upstream must be public, and is not. */
  | 'not_public'
  /** The upstream wants a credential that expires, and none could be had. */
  | 'no_credential'
  | 'other'

export interface TransportFailure {
  readonly kind: TransportFailureKind
  /** Whether any of the request may have reached the upstream, which may then bill it. */
  readonly sent: boolean
  readonly cause: unknown
}

/** Receives one reply. Never called inside `send`; `end` or `fail` comes exactly once, and last. */
export interface ReplySink {
  head(status: number, headers: Headers): void
  data(chunk: Bytes): void
  end(): void
  fail(failure: TransportFailure): void
}

/** A request under way. Each call may be repeated without effect. */
export interface Exchange {
  pause(): void
  resume(): void
  /** Closes the connection to the upstream. The sink hears `fail` with kind `aborted`, unless the reply had ended. */
  abort(): void
}

/** The way to an upstream: undici in Node, n8n's own helper inside n8n, the sandbox, a script in tests. */
export interface Transport {
  send(to: Upstream, request: UpstreamRequest, sink: ReplySink): Exchange
}
