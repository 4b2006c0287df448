/** One figure, and whether it is what it should be. */
export interface Figure {
  readonly name: string
  readonly value: string
  /** What it should be, in words; `undefined`: it only informs. */
  readonly wanted?: string
  readonly reached: boolean
}

/** A figure with an upper limit. */
export const atMost = (name: string, value: number, limit: number, unit = ''): Figure => ({
  name,
  value: `${rounded(value)}${unit}`,
  wanted: `at most ${rounded(limit)}${unit}`,
  reached: value <= limit,
})

/** A figure without a limit. */
export const told = (name: string, value: string): Figure => ({ name, value, reached: true })

/** The value that a share of all does not exceed; `NaN` of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** The figures as a table. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const lines = figures.map(({ name, value, wanted, reached }) => {
    const verdict = wanted === undefined ? '' : `   ${reached ? 'ok    ' : 'MISSED'} ${wanted}`
    return `  ${name.padEnd(width)}  ${value.padStart(12)}${verdict}`
  })
  return `${lines.join('\n')}\n`
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100)
