const MINUTE = 60_000

/** A moment in a zone, by default the visitor's: `30 Nov 2026, 14:05`. */
export const momentIn = (moment: Date, timeZone?: string, seconds = false): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(moment)

/** `2026-11-30 14:05:09 UTC` */
export const momentInUtc = (moment: Date): string => `${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC`

const steps = [
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
] as const

/** How long ago, or how long from now: `5 minutes ago`, `in 3 days`. */
export function fromNow(moment: Date, now: Date): string {
  const distance = moment.getTime() - now.getTime()
  const [unit, size] = steps.find(([, ms]) => Math.abs(distance) >= ms) ?? []
  if (unit === undefined || size === undefined) return 'just now'
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(distance / size), unit)
}

/** The first moment of the month of a moment, or of one so many months from it; UTC, as invoices have it. */
export const monthStart = (moment: Date, months = 0): Date =>
  new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months, 1))
