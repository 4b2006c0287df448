import { FAILED_ATTEMPTS_HEADER, writeFailedAttempts } from '../attempt/failed-attempts.ts'
import type { Commitment } from '../engine.ts'
import type { SpekaError } from '../errors.ts'
import { formatUsd } from '../money.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { RatesTold } from '../rates-told.ts'
import type { Headers } from '../transport.ts'

/** What an event stream needs so that nothing between here and the caller holds it back. */
export const eventStreamHeaders: Headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/** Says that a count of tokens is an estimate: the target that would answer does not count beforehand. */
export const ESTIMATED_HEADER = 'x-speka-estimated'

export const jsonHeaders: Headers = { 'content-type': 'application/json; charset=utf-8' }

/** Who answers. */
export function commitmentHeaders({ target, model, attempts, droppedParams, failed }: Commitment): Headers {
  // One by one: every answer has them, and hardly any has all.
  const headers: Record<string, string> = { 'x-speka-model': inHeader(model) }
  if (target !== undefined) headers['x-speka-provider'] = inHeader(target.provider)
  headers['x-speka-attempts'] = String(attempts)
  if (droppedParams.length > 0) headers['x-speka-dropped-params'] = droppedParams.map(inList).join(', ')
  const text = failed === undefined || failed.length === 0 ? undefined : writeFailedAttempts(failed)
  if (text !== undefined) headers[FAILED_ATTEMPTS_HEADER] = text
  return headers
}

/** Names as a header can carry them. Under a glob the model's id is whatever a stranger asked for, line breaks included. */
const inHeader = (name: string): string =>
  UNFIT.test(name) ? name.toWellFormed().replace(UNFIT_RUNS, encodeURIComponent) : name

/** The same in a list, where a space may stand within: `anthropic-beta: NAME`. */
const inList = (name: string): string => inHeader(name).replaceAll('%20', ' ')

const UNFIT = /[^!-$&-~]/
const UNFIT_RUNS = /[^!-$&-~]+/g

/** What a JSON answer cost, once it is known. */
export const costHeaders = ({ charge }: UsageRecord): Headers =>
  charge === undefined ? {} : { 'x-speka-cost-usd': formatUsd(charge) }

/** How much of the caller's rates is left. */
export function ratesHeaders(rates: RatesTold | undefined): Headers {
  if (rates === undefined) return NO_HEADERS
  const { requests, tokens } = rates
  // Each name as it stands: every answer to a key with rates has them.
  const headers: Record<string, string> = {}
  if (requests !== undefined) {
    headers['x-ratelimit-limit-requests'] = String(requests.limit)
    headers['x-ratelimit-remaining-requests'] = String(Math.floor(requests.remaining))
    headers['x-ratelimit-reset-requests'] = inUnits(requests.resetMs)
  }
  if (tokens !== undefined) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.limit)
    headers['x-ratelimit-remaining-tokens'] = String(Math.floor(tokens.remaining))
    headers['x-ratelimit-reset-tokens'] = inUnits(tokens.resetMs)
  }
  return headers
}

const NO_HEADERS: Headers = {}

/** As OpenAI writes how long something takes: `1s`, `6m0s`, `23h59m1s`; begun seconds count. */
function inUnits(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const inHours = hours > 0 ? `${hours}h` : ''
  return `${inHours}${minutes % 60}m${seconds % 60}s`
}

/** Whether and when to try again, in the headers the official SDKs obey. They ignore waits above a minute. */
export function errorHeaders(error: SpekaError): Headers {
  const { retryAfterMs } = error
  const wait =
    retryAfterMs === undefined
      ? {}
      : { 'retry-after-ms': String(retryAfterMs), 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
  return {
    'x-should-retry': String(error.retry && (retryAfterMs === undefined || retryAfterMs <= 60_000)),
    ...(error.code === 'invalid_api_key' && { 'www-authenticate': 'Bearer' }),
    ...wait,
    ...ratesHeaders(error.rates),
  }
}
