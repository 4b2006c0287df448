import { columnRoles, csvLayouts, usualNames, type ColumnRole, type CsvLayout } from './csv-layouts.ts'
import { exportError, shortened } from './export-error.ts'
import type { ExportFormat, ExportKind, ExportOptions } from './export-line.ts'

/** Where in a record is what. */
export interface CsvColumns {
  readonly kind: ExportKind
  readonly at: Readonly<Partial<Record<ColumnRole, number>>>
  /** The columns that add up to the tokens of prompts. */
  readonly input: readonly number[]
  readonly until?: number | undefined
  readonly modelOf?: CsvLayout['modelOf']
}

/**
 * Finds out what the columns of a CSV hold, by its header.
 *
 * @throws SpekaError `invalid_request` that names a column which is missing.
 */
export function columnsOf(header: readonly string[], options: ExportOptions): CsvColumns {
  const names = header.map((name) => name.trim().toLowerCase().replaceAll(/\s+/g, '_'))
  const { format, columns } = options
  if (columns === undefined && format !== 'csv') {
    const layouts = csvLayouts.filter((layout) => format === undefined || layout.format === format)
    const fitting = layouts.find((layout) => missingOf(layout, names).length === 0)
    if (fitting !== undefined) return byLayout(fitting, names)
    if (format !== undefined) throw noLayout(format, layouts, names)
  }
  return byName(names, columns ?? {})
}

const wantedBy = ({ columns, input, until }: CsvLayout): string[] => [
  ...Object.values(columns),
  ...(input === undefined ? [] : [input[0]]),
  ...(until === undefined ? [] : [until]),
]

const missingOf = (layout: CsvLayout, names: readonly string[]): string[] =>
  wantedBy(layout).filter((name) => !names.includes(name))

function noLayout(format: ExportFormat, layouts: readonly CsvLayout[], names: readonly string[]): Error {
  const [nearest] = layouts.toSorted((a, b) => missingOf(a, names).length - missingOf(b, names).length)
  if (nearest === undefined)
    return exportError(`No CSV of ${format} is known. Give --format csv, and name its columns by --columns.`)
  return exportError(
    `The header has no column ${missingOf(nearest, names).join(', nor ')}, which ${nearest.title} has. It has ${listed(names)}.`,
  )
}

function byLayout(
  { format, title, columns, optional, input, until, modelOf }: CsvLayout,
  names: readonly string[],
): CsvColumns {
  const at: Partial<Record<ColumnRole, number>> = {}
  for (const role of columnRoles) {
    const name = { ...optional, ...columns }[role]
    if (name !== undefined && names.includes(name)) at[role] = names.indexOf(name)
  }
  return {
    kind: { format, title, hasIds: columns.id !== undefined },
    at,
    input: [...(input ?? [])].map((name) => names.indexOf(name)).filter((place) => place !== -1),
    until: until === undefined ? undefined : names.indexOf(until),
    modelOf,
  }
}

function byName(names: readonly string[], given: Readonly<Record<string, string>>): CsvColumns {
  const stray = Object.keys(given).find((role) => !columnRoles.some((known) => known === role))
  if (stray !== undefined) throw exportError(`--columns may name ${columnRoles.join(', ')}, not ${stray}.`)
  const at: Partial<Record<ColumnRole, number>> = {}
  for (const role of columnRoles) {
    const name = given[role]?.toLowerCase()
    if (name !== undefined && !names.includes(name))
      throw exportError(
        `The header has no column ${shortened(name)}, which --columns names for ${role}. It has ${listed(names)}.`,
      )
    const found = name ?? usualNames[role].find((usual) => names.includes(usual))
    if (found !== undefined) at[role] = names.indexOf(found)
  }
  if (at.cost_usd === undefined) refuseOtherCurrencies(names)
  const missing = [
    ...(at.id === undefined && at.time === undefined ? ['id, nor time'] : []),
    ...(at.cost_usd === undefined && at.input_tokens === undefined && at.output_tokens === undefined
      ? ['cost_usd, nor input_tokens, nor output_tokens']
      : []),
  ]
  if (missing.length > 0)
    throw exportError(
      `The header has no column ${missing.join(', and no ')}. It has ${listed(names)}. Name them: --columns id=…,cost_usd=….`,
    )
  return {
    kind: { format: 'csv', title: 'a CSV', hasIds: at.id !== undefined },
    at,
    input: at.input_tokens === undefined ? [] : [at.input_tokens],
  }
}

const listed = (names: readonly string[]): string => shortenedList(names.map(shortened))

const shortenedList = (names: readonly string[]): string =>
  names.length > 30 ? `${names.slice(0, 30).join(', ')} …` : names.join(', ')

/**
 * A cost that is left out because of its currency would look as if there were none to compare.
 *
 * @throws SpekaError `invalid_request` that names the column.
 */
function refuseOtherCurrencies(names: readonly string[]): void {
  for (const name of names) {
    const currency = IN_A_CURRENCY.exec(name)
      ?.slice(1)
      .find((code) => code !== undefined)
    if (currency === undefined || currency === 'usd' || !currencies.has(currency)) continue
    throw exportError(
      `The column ${shortened(name)} is in ${currency.toUpperCase()}. The ledger is in US dollars, and nothing is converted: export in ` +
        'USD, or name the column that is in USD: --columns cost_usd=….',
    )
  }
}

/** The codes of currencies, in small letters. */
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()))

/** A cost by its name, with the code of a currency behind or before it: `cost_eur`, `amount_(gbp)`, `eur_total`. */
const MONEY = '(?:total_)?(?:cost|costs|amount|price|spend|charge|total)'
const IN_A_CURRENCY = new RegExp(`^(?:${MONEY}_\\(?([a-z]{3})\\)?|([a-z]{3})_${MONEY})$`)
