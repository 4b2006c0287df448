/** What the server puts up with. Times in ms. */
export interface HttpLimits {
  /** The largest request body: room for images in base64. */
  readonly bodyBytes: number
  readonly headerBytes: number
  /** How long a client may take to send its headers, and its whole request. */
  readonly headersMs: number
  readonly requestMs: number
  /** How long an unused connection is kept. Longer than load balancers do, so that it is never us who closes under a request. */
  readonly idleMs: number
  /** How long a client may leave unread what was written to it, before it counts as gone. */
  readonly stallMs: number
  /** How long a stream may say nothing. Proxies and clients give up on a silent one, the strictest after about a minute. */
  readonly silenceMs: number
}

export const defaultHttpLimits: HttpLimits = {
  bodyBytes: 32 * 1024 * 1024,
  headerBytes: 64 * 1024,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 75_000,
  stallMs: 60_000,
  silenceMs: 15_000,
}
