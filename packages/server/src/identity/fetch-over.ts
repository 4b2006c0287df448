import type { Transport } from '@speka/core'

/** How long an issuer has to answer, in ms. */
const ANSWER_MS = 5000
/** Far more than any document of an issuer has, in bytes. */
const MOST_BYTES = 1_048_576

/** What is sent to an issuer. */
export interface IssuerRequest {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** An issuer could not be asked at all. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable'
}

/** Asks an issuer something. Rejects with {@link IssuerUnreachable} when it cannot be reached, says too much, or takes too long. */
export type AskIssuer = (url: string, request?: IssuerRequest) => Promise<Response>

/**
 * Asks issuers the way requests go to providers: through the same proxies, and without following anybody elsewhere.
 */
export const askOver =
  (transport: () => Transport): AskIssuer =>
  (url, { method = 'GET', headers = {}, body, signal: given } = {}) =>
    new Promise((resolve, reject) => {
      const { origin, pathname, search } = new URL(url)
      const late = AbortSignal.timeout(ANSWER_MS)
      const signal = given === undefined ? late : AbortSignal.any([given, late])
      const chunks: Uint8Array[] = []
      let bytes = 0
      let status = 0
      let answered: Readonly<Record<string, string>> = {}
      const exchange = transport().send(
        // A transport takes away what callers say in the header of its credential; here that is the gateway's own.
        { id: 'issuer', origin, credential: '', credentialHeader: 'x-key' },
        {
          method: method === 'POST' ? 'POST' : 'GET',
          path: pathname + search,
          headers: { accept: 'application/json', 'user-agent': 'speka', ...headers },
          ...(body === undefined || body === null ? {} : { body: [Buffer.from(String(body))] }),
        },
        {
          head(said, saidHeaders) {
            status = said
            answered = saidHeaders
          },
          data(chunk) {
            bytes += chunk.length
            if (bytes > MOST_BYTES) exchange.abort()
            else chunks.push(chunk)
          },
          end() {
            signal.removeEventListener('abort', stop)
            const text = status === 204 || status === 304 ? null : Buffer.concat(chunks)
            resolve(new Response(text, { status, headers: answered }))
          },
          fail({ kind, cause }) {
            signal.removeEventListener('abort', stop)
            const why = bytes > MOST_BYTES ? 'it said too much' : late.aborted ? 'it did not answer in time' : kind
            reject(new IssuerUnreachable(`${origin} could not be asked: ${why}`, { cause }))
          },
        },
      )
      const stop = (): void => exchange.abort()
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
    })
