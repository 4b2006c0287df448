import { HOUR_MS, HOURS_OF_DAY } from './batch.ts'
import { monthName } from './month-number.ts'

/** What a sum is of, in words. */
export const keyText = (key: readonly string[], row: readonly unknown[]): string =>
  key
    .map((name, index) => {
      if (name === 'hour') return `hour ${new Date(Number(row[index]) * HOUR_MS).toISOString()}`
      if (name === 'day')
        return `day ${new Date(Number(row[index]) * HOUR_MS * HOURS_OF_DAY).toISOString().slice(0, 10)}`
      if (name === 'month') return `month ${monthName(Number(row[index]))}`
      return `${name} ${shown(row[index])}`
    })
    .join(', ')

export const shown = (value: unknown): string => (value == null ? 'none' : String(value))

/** How many differences are told: the first few say what is wrong, and whether to make all anew is one question. */
export const MOST_TOLD = 1000
