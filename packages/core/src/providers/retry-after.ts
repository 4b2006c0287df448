import type { Headers } from '../transport.ts'

/**
 * How long an upstream asks to wait, in ms from `nowMs` (ms since the epoch; default: the reply's own `date` header).
 * `retry-after-ms` beats `retry-after`, which is seconds or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @returns `undefined` when it does not say, or says nonsense: negative, not a number, longer than a day.
 */
export function parseRetryAfter(headers: Headers, nowMs?: number): number | undefined {
  const milliseconds = headers['retry-after-ms']?.trim() ?? ''
  const ms = NUMBER.test(milliseconds) ? plausible(Number(milliseconds)) : undefined
  if (ms !== undefined) return ms
  const value = headers['retry-after']?.trim() ?? ''
  if (NUMBER.test(value)) return plausible(Number(value) * 1000)
  // `Date.parse` alone would read a date into "soon 12".
  if (!DATE.test(value)) return undefined
  const now = nowMs ?? Date.parse(headers['date'] ?? '')
  return plausible(Math.max(0, Date.parse(value) - now))
}

const NUMBER = /^\d+(?:\.\d+)?$/
const DATE = /^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/
const DAY_MS = 86_400_000

const plausible = (ms: number): number | undefined =>
  Number.isFinite(ms) && ms >= 0 && ms <= DAY_MS ? Math.round(ms) : undefined
