import type { Clock, Transport, TransportFailureKind } from '@speka/core'

/** How long a receiver has to answer, in ms. */
export const ANSWER_MS = 10_000
/** What it says is not wanted: after so many bytes it is heard no longer. */
const MOST_ANSWER_BYTES = 65_536

/** One attempt to deliver a message. */
export interface WebhookMessage {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends a message once. @returns why it was not taken; `undefined`: it was. */
export type SendWebhook = (message: WebhookMessage, signal: AbortSignal) => Promise<string | undefined>

const troubles: Readonly<Record<TransportFailureKind, string>> = {
  refused: 'it refused the connection',
  dns: 'its name is not known',
  tls: 'its certificate is not to be trusted',
  connect_timeout: 'it could not be reached in time',
  reset: 'it dropped the connection',
  aborted: 'the gateway stopped',
  not_public: 'its address is not public',
  no_credential: 'there was no credential for it',
  other: 'the connection failed',
}

/**
 * Posts messages as JSON, the way requests go to providers: through the same proxies, and without following anybody elsewhere.
 * Only an answer of 2xx counts as taken: whoever redirects has not read it.
 */
export const sendWebhooksOver =
  (transport: () => Transport, clock: Pick<Clock, 'after'>): SendWebhook =>
  ({ url, headers, body }, signal) =>
    new Promise((resolve) => {
      const { origin, pathname, search } = new URL(url)
      let status: number | undefined
      let bytes = 0
      const done = (trouble: string): void => {
        cancel()
        signal.removeEventListener('abort', stop)
        if (status === undefined) resolve(trouble)
        else resolve(status >= 200 && status < 300 ? undefined : `it answered ${status}`)
      }
      const exchange = transport().send(
        { id: 'webhook', origin, credential: '' },
        {
          method: 'POST',
          path: pathname + search,
          headers: { 'content-type': 'application/json', 'user-agent': 'speka', ...headers },
          body: [Buffer.from(body)],
        },
        {
          head(said) {
            status = said
          },
          data(chunk) {
            bytes += chunk.length
            if (bytes > MOST_ANSWER_BYTES) exchange.abort()
          },
          end: () => done('it said nothing'),
          fail: ({ kind }) => done(isLate ? `it did not answer within ${ANSWER_MS / 1000} s` : troubles[kind]),
        },
      )
      let isLate = false
      const stop = (): void => exchange.abort()
      const cancel = clock.after(ANSWER_MS, () => {
        isLate = true
        stop()
      })
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
    })
