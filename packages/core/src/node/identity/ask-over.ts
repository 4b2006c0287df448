import type { Clock } from '../../clock.ts'
import { isRecord, type Json } from '../../json.ts'
import type { Headers, Transport, UpstreamRequest } from '../../transport.ts'

/** A credential could not be had. Its message names no secret. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'
}

/** What is asked of a service that gives credentials. */
export interface TokenRequest {
  readonly method?: UpstreamRequest['method']
  readonly headers?: Headers
  readonly body?: string
}

/** Asks for a credential. Rejects with an {@link IdentityError} that says who gave none, and by what status or word. */
export type AskForToken = (who: string, url: string, request?: TokenRequest) => Promise<string>

/** How long such a service has to answer, in ms. */
const ANSWER_MS = 5000
/** Far more than any credential has, in bytes. */
const MOST_BYTES = 256 * 1024

/** Asks the way requests go to providers: through the same proxies, and without following anybody elsewhere. */
export const askOver =
  (transport: Transport, clock: Pick<Clock, 'after'>): AskForToken =>
  (who, address, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const url = URL.parse(address)
      if (url === null || !/^https?:$/.test(url.protocol)) {
        reject(new IdentityError(`${who} has an address that is none`))
        return
      }
      const chunks: Uint8Array[] = []
      let bytes = 0
      let status = 0
      const fail = (why: string, cause?: unknown): void => {
        stop()
        reject(new IdentityError(`${who} gave no credential: ${why}`, { cause }))
      }
      const exchange = transport.send(
        // The credential, where there is one, is a header of the request's own.
        { id: 'identity', origin: url.origin, credential: '', credentialHeader: 'x-key' },
        {
          method,
          path: url.pathname + url.search,
          headers: { accept: 'application/json', 'user-agent': 'speka', 'accept-encoding': 'identity', ...headers },
          ...(body !== undefined && { body: [Buffer.from(body)] }),
        },
        {
          head(said) {
            status = said
          },
          data(chunk) {
            bytes += chunk.length
            if (bytes > MOST_BYTES) exchange.abort()
            else chunks.push(chunk)
          },
          end() {
            stop()
            const text = Buffer.concat(chunks).toString('utf8')
            if (status >= 200 && status < 300) resolve(text)
            else fail(`status ${status}${wordIn(text)}`)
          },
          fail({ kind, cause }) {
            fail(bytes > MOST_BYTES ? 'it said too much' : late ? 'it did not answer in time' : kind, cause)
          },
        },
      )
      let late = false
      const stop = clock.after(ANSWER_MS, () => {
        late = true
        exchange.abort()
      })
    })

/** The code of an error, which names no secret: sentences may repeat what was sent. */
function wordIn(text: string): string {
  const found = parsed(text)
  const error = found['error'] ?? found['Code'] ?? found['__type']
  const code = typeof error === 'string' ? error : isRecord(error) ? (error['status'] ?? error['Code']) : undefined
  const number = /\bAADSTS\d+/.exec(text)?.[0]
  const words = [code, number].filter((word) => typeof word === 'string' && /^[\w.-]{1,80}$/.test(word))
  return words.length === 0 ? '' : `, ${words.join(' ')}`
}

/** A JSON object; an empty one for what is none. */
export function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
