/** How long a receiver has to answer, in ms. */
const ANSWER_MS = 10_000

/** One attempt to deliver a message. */
export interface WebhookMessage {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends a message once. @returns why it was not taken; `undefined`: it was. */
export type SendWebhook = (message: WebhookMessage, signal: AbortSignal) => Promise<string | undefined>

/** Posts a message as JSON. Only an answer of 2xx counts as taken: whoever redirects has not read it. */
export const sendWebhook: SendWebhook = async ({ url, headers, body }, signal) => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'speka', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    })
    // What it says is not wanted, however long it is.
    await response.body?.cancel()
    return response.ok ? undefined : `it answered ${response.status}`
  } catch (error) {
    return whyNotSent(error)
  }
}

/** `fetch` has what went wrong as the cause of what it throws. */
function whyNotSent(error: unknown): string {
  const { name, cause } = error as { readonly name?: unknown; readonly cause?: { readonly code?: unknown } }
  if (name === 'TimeoutError') return `it did not answer within ${ANSWER_MS / 1000} s`
  if (name === 'AbortError') return 'the gateway stopped'
  return typeof cause?.code === 'string' ? `the connection failed (${cause.code})` : 'the connection failed'
}
