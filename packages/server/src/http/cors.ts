import type { Exchange } from './exchange.ts'

/** Origins whose pages may call the gateway: exact ones, or `*` for all. Empty: none, which is the default. */
export type AllowedOrigins = readonly string[]

type CorsExchange = Pick<Exchange, 'id' | 'request' | 'response'>

/** What a page may read of a response beyond its body. */
const EXPOSED = [
  'x-request-id',
  'request-id',
  'x-speka-estimated',
  'x-speka-model',
  'x-speka-provider',
  'x-speka-attempts',
  'x-speka-cost-usd',
  'x-speka-dropped-params',
  'x-speka-estimated',
  'x-should-retry',
  'retry-after',
  'retry-after-ms',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
].join(', ')

/** For how long a browser may remember what it was allowed, in s: as long as browsers do at the most. */
const REMEMBERED_S = '7200'

/**
 * Lets pages of the allowed origins call (https://fetch.spec.whatwg.org/#http-cors-protocol). Credentials in cookies are
 * never asked for: the key is in a header.
 *
 * @returns whether the request was only a question whether it may be made, which is then answered.
 */
export function allowOrigin({ id, request, response }: CorsExchange, allowed: AllowedOrigins): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  const all = allowed.includes('*')
  if (!all && !allowed.includes(origin)) return false
  response.setHeader('access-control-allow-origin', all ? '*' : origin)
  if (!all) response.setHeader('vary', 'origin')
  response.setHeader('access-control-expose-headers', EXPOSED)
  const asks = request.headers['access-control-request-method']
  if (request.method !== 'OPTIONS' || asks === undefined) return false
  response.writeHead(204, {
    'x-request-id': id,
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
    // A star would not cover `authorization`, so what was asked for is said back: header names only.
    'access-control-allow-headers': namesIn(request.headers['access-control-request-headers']),
    'access-control-max-age': REMEMBERED_S,
  })
  response.end()
  return true
}

const namesIn = (header: string | undefined): string =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[\w-]+$/.test(name))
    .join(', ')
