const whole = new Intl.NumberFormat('en-US')
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** `12,345` */
export const exactCount = (count: number): string => whole.format(count)

/** `12,345`, and `1.23M` from a hundred thousand on. */
export const shortCount = (count: number): string => (Math.abs(count) < 100_000 ? whole : compact).format(count)

/** A share from 0 to 1 as `12.3%`. */
export const percent = (share: number): string =>
  new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: share < 0.1 ? 2 : 1 }).format(share)

/** Milliseconds as `85 ms`, `1.24 s` or `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toPrecision(3)} s`
  const seconds = Math.round(ms / 1000)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
