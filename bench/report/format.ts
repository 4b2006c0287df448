import type { Comparison, Spread } from '../measure/statistics.ts'
import type { Metrics } from '../scenario.ts'

const suffixes: Record<keyof Metrics, string> = {
  perSecond: '/s',
  perCore: ' per second and core',
  cpuEach: ' µs CPU',
  cpuPercent: ' % CPU',
  p50: ' µs',
  p99: ' µs',
  firstTokenP50: ' µs',
  firstTokenP99: ' µs',
  bytesPerStream: ' bytes',
  decision: ' µs CPU',
  scaling: ' times one worker',
}

/** A value with its unit: `14,812/s`. */
export const formatMetric = (metric: keyof Metrics, value: number | undefined): string =>
  value === undefined ? 'unknown' : formatNumber(value) + suffixes[metric]

/** Three digits that matter, no more: `14,812`, `59`, `2.31`, `0.53`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  const decimals = size >= 20 ? 0 : size >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: decimals, minimumFractionDigits: decimals })
}

/** How a value stands to another: `0.53× (0.50–0.55)`, `+120 (110–131)`; a plain value has only its range. */
export function formatComparison({ median, min, max }: Spread, comparison: Comparison): string {
  const range = `(${formatNumber(min)}–${formatNumber(max)})`
  switch (comparison) {
    case 'ratio':
      return `${formatNumber(median)}× ${range}`
    case 'difference':
      return `${median < 0 ? '−' : '+'}${formatNumber(Math.abs(median))} ${range.replaceAll('-', '−')}`
    case 'value':
      return range
  }
}
