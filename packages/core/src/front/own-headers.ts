import type { Headers, Transport } from '../transport.ts'

/** What a gateway says itself, or the connection does. */
const taken = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
  'x-speka-max-cost-usd',
  'x-speka-tags',
  'x-speka-timeout-ms',
  'x-speka-via',
])

/**
 * A transport that sends these headers with every request as well.
 *
 * @throws RangeError for a header that the gateway sets itself, and for what is no header.
 */
export function withOwnHeaders(transport: Transport, given: Headers): Transport {
  const own = checked(given)
  return {
    send: (to, request, sink) => transport.send(to, { ...request, headers: { ...own, ...request.headers } }, sink),
  }
}

function checked(given: Headers): Headers {
  const own: Record<string, string> = {}
  for (const [wanted, value] of Object.entries(given)) {
    const name = wanted.toLowerCase()
    if (!NAME.test(name) || typeof value !== 'string' || !VALUE.test(value)) {
      throw new RangeError(`"${wanted.slice(0, 100)}" cannot be a header, or its value cannot be one's.`)
    }
    if (taken.has(name)) throw new RangeError(`The header "${name}" is the gateway's own. Leave it out.`)
    own[name] = value
  }
  return own
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2, and visible characters of ASCII with spaces and tabs between. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const VALUE = /^(?:[!-~](?:[\t -~]*[!-~])?)?$/
