import { DAY_KEY, FAULT_KEY, HOUR_KEY, PRICE_KEY } from '../../projections/sum-columns.ts'
import { COUNT_COLUMNS } from '../tables/projections.ts'

/** A table of sums: what they are told apart by, besides the owner, and which they are. */
export interface SumTable {
  readonly name: string
  readonly key: readonly string[]
  readonly sums: readonly string[]
}

/** What is added up of requests, before the counts of units; amounts are whole pico-dollars. */
const REQUEST_SUMS = ['requests', 'failed', 'unpriced', 'charge', 'cost'] as const

export const hourTable: SumTable = { name: 'usage_hour', key: HOUR_KEY, sums: [...REQUEST_SUMS, ...COUNT_COLUMNS] }
export const hourCountTable: SumTable = { name: 'usage_hour_count', key: ['hour'], sums: ['requests'] }
export const timeTable: SumTable = {
  name: 'usage_hour_time',
  key: ['hour', 'account', 'bucket'],
  sums: ['durations', 'first_outputs'],
}
export const faultTable: SumTable = { name: 'usage_fault', key: FAULT_KEY, sums: ['requests'] }
export const dayTable: SumTable = {
  name: 'usage_customer_day',
  key: DAY_KEY,
  sums: [...REQUEST_SUMS, ...COUNT_COLUMNS],
}
export const priceTable: SumTable = {
  name: 'usage_price',
  key: PRICE_KEY,
  sums: ['requests', 'charge', ...COUNT_COLUMNS],
}

export const sumTables: readonly SumTable[] = [hourTable, hourCountTable, timeTable, faultTable, dayTable, priceTable]

/** Columns of keys whose numbers stand for texts. */
const TEXT_COLUMNS: ReadonlySet<string> = new Set(['account', 'key', 'customer', 'model', 'provider', 'price'])

export const isText = (column: string): boolean => TEXT_COLUMNS.has(column)

/** Columns that a number does not always hold. */
export const isAmount = (column: string): boolean => column === 'charge' || column === 'cost'

export const quoted = (name: string): string => `"${name}"`

/** The names of columns as a list in SQL. */
export const listed = (names: readonly string[]): string => names.map(quoted).join(', ')

/** How a row is added to one that is there. */
export const onConflict = ({ name, key, sums }: SumTable): string => `
  ON CONFLICT (${listed([...key, 'owner'])}) DO UPDATE SET
    ${sums.map((sum) => `${quoted(sum)} = ${name}.${quoted(sum)} + excluded.${quoted(sum)}`).join(', ')}`
