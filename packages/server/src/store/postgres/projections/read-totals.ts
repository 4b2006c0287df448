import { HOUR_MS, HOURS_OF_DAY, numbersOf } from '../../projections/batch.ts'
import { GroupedSums, type PackedTotals } from '../../projections/grouped-sums.ts'
import type { LabelSets } from '../../projections/label-sets.ts'
import type { ThreadSplits } from '../../projections/projector-questions.ts'
import { DOLLAR, SUMS } from '../../projections/sum-columns.ts'
import { addRow, noSums } from '../../projections/sums.ts'
import type { TextNumbers } from '../../projections/text-numbers.ts'
import type { Source } from '../../projections/usage-dimensions.ts'
import type { StoredRow } from '../../usage-record-table.ts'
import { statement } from '../session.ts'
import { COUNT_COLUMNS } from '../tables/projections.ts'
import { batchTexts } from './batch-texts.ts'
import { numberOf, type Readers } from './readers.ts'
import { dayOf } from './remembered-days.ts'
import { rowsWithin } from './rows-within.ts'
import { dayTable, hourTable, isText, quoted } from './sum-tables.ts'

const USED = statement('SELECT name FROM used_sum')

/**
 * Adds up usage by groups, the same usage split several ways: whole hours, or days for customers, from their sums, and what is left of the
 * first and the last from the rows themselves. So any span of time is exact.
 */
export async function readSplits(readers: Readers, query: ThreadSplits): Promise<PackedTotals[]> {
  const isOfCustomers = query.customer !== undefined || query.splits.some((by) => by.includes('customer'))
  const grain = isOfCustomers ? customerDays : hours
  const used = new Set((await readers.session.run(USED)).rows.map(({ name }) => String(name)))
  const names = new Names(readers)
  const counts = COUNT_COLUMNS.filter((name) => used.has(name))
  const all = query.splits.map((by) => new GroupedSums(names, by, counts))
  const span = spanOf(query, grain.ms)
  for (const [from, until] of span.edges) {
    for await (const rows of rowsWithin(readers.session, from, until)) {
      await names.knowLabels(rows.map(({ record }) => record.labels ?? 0))
      for (const row of rows) if (isWanted(row, query)) for (const groups of all) addOne(row, names.ofRows, groups)
    }
  }
  if (span.from < span.until && all.length > 0) await addWhole(readers, names, grain, span, query, all)
  return all.map((groups) => groups.pack(query.most))
}

/** What numbers are called: those of the database, and those that texts of single rows get here, which are below 0. */
class Names {
  readonly #readers: Readers
  readonly #ofRows = batchTexts()
  #texts: ReadonlyMap<number, string> = new Map()
  #labels: LabelSets = () => ({})

  constructor(readers: Readers) {
    this.#readers = readers
  }

  readonly texts = {
    textOf: (number: number): string | undefined =>
      number < 0 ? this.#ofRows.textOf(-number) : this.#texts.get(number),
  }

  readonly labels: LabelSets = (id) => this.#labels(id)

  readonly ofRows: Pick<TextNumbers, 'numberOf'> = { numberOf: (text) => -this.#ofRows.numberOf(text) }

  async knowTexts(numbers: Iterable<number>): Promise<void> {
    this.#texts = await this.#readers.texts.textsOf(this.#readers.session, numbers)
  }

  async knowLabels(ids: Iterable<number>): Promise<void> {
    this.#labels = await this.#readers.labels.of(this.#readers.session, ids)
  }
}

interface Grain {
  readonly table: string
  readonly ms: number
  readonly time: 'hour' | 'day'
  /** How many of its grains make a day. */
  readonly ofDay: number
  /** How a source reads in this table. */
  readonly columns: Partial<Readonly<Record<Source, string>>>
}

const hours: Grain = {
  table: hourTable.name,
  ms: HOUR_MS,
  time: 'hour',
  ofDay: HOURS_OF_DAY,
  columns: {
    hour: 'hour',
    day: dayOf('hour', HOURS_OF_DAY),
    account: 'account',
    key: 'key',
    labels: 'labels',
    model: 'model',
    provider: 'provider',
  },
}

const customerDays: Grain = {
  table: dayTable.name,
  ms: HOUR_MS * HOURS_OF_DAY,
  time: 'day',
  ofDay: 1,
  columns: { day: 'day', account: 'account', customer: 'customer' },
}

/** What may be filtered by, by column. */
const filterOf = ({ keyId: key, account, model, provider, customer }: ThreadSplits): [string, string][] =>
  Object.entries({ key, account, model, provider, customer }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text]],
  )

function isWanted({ account, keyId, record }: StoredRow, query: ThreadSplits): boolean {
  const { model, provider, customer } = record
  const row: Readonly<Record<string, string | undefined>> = { key: keyId, account, model, provider, customer }
  return filterOf(query).every(([name, text]) => row[name] === text)
}

interface Span {
  /** Whole grains. */
  readonly from: number
  readonly until: number
  /** What lies beside them, in ms since the epoch. */
  readonly edges: readonly (readonly [from: number, until: number])[]
}

function spanOf({ since = -Infinity, until = Infinity }: ThreadSplits, ms: number): Span {
  const [from, to] = [Math.ceil(since / ms), Math.floor(until / ms)]
  if (from > to) return { from: 0, until: 0, edges: since < until ? [[since, until]] : [] }
  const edges: [number, number][] = []
  if (since < from * ms) edges.push([since, from * ms])
  if (to * ms < until) edges.push([to * ms, until])
  return { from, until: to, edges }
}

function addOne(row: StoredRow, texts: Pick<TextNumbers, 'numberOf'>, groups: GroupedSums): void {
  const hour = Math.floor(row.createdAt / HOUR_MS)
  const all = { ...numbersOf(row, texts), hour, day: Math.floor(hour / HOURS_OF_DAY) }
  const sums = noSums(groups.counts)
  addRow(sums, row, groups.counts)
  const sources = groups.sources.map((source) => all[source])
  groups.add([...sources, ...sums], { sources: [...sources.keys()], from: sources.length, which: [...sums.keys()] })
}

/** A sum as a number, of which dollars stand apart: together they go beyond what one holds. */
function readSum(name: string): string {
  if (name.endsWith('_usd')) return `div(sum(${name.replace('_usd', '')}), ${DOLLAR})::float8`
  if (name.endsWith('_pico')) return `mod(sum(${name.replace('_pico', '')}), ${DOLLAR})::float8`
  return `sum(${quoted(name)})::float8`
}

async function addWhole(
  readers: Readers,
  names: Names,
  grain: Grain,
  span: Span,
  query: ThreadSplits,
  all: readonly GroupedSums[],
): Promise<void> {
  const filter: [string, number][] = []
  for (const [name, text] of filterOf(query)) {
    const number = await numberOf(readers, text)
    if (number === undefined) return
    filter.push([name, number])
  }
  const counts = all[0]?.counts ?? []
  const sums = [...SUMS, ...counts]
  const sources = [...new Set(all.flatMap((groups) => groups.sources))]
  const columns = sources.map((source) => {
    const column = grain.columns[source]
    if (column === undefined) throw new Error(`${grain.table} has no ${source}`)
    return column
  })
  const { from, until } = span
  const { table, time, ofDay } = grain
  const asked = { table, time, ofDay, groups: columns, sums: sums.map(readSum), filter, from, until }
  const rows = await readers.days.read(readers.session, asked)
  const numbersIn = (isWhat: (source: Source) => boolean): Set<number> => {
    const places = sources.flatMap((source, index) => (isWhat(source) ? [index] : []))
    return new Set(rows.flatMap((row) => places.map((place) => row[place] ?? 0)))
  }
  await names.knowTexts(numbersIn(isText))
  await names.knowLabels(numbersIn((source) => source === 'labels'))
  for (const groups of all) {
    const layout = {
      sources: groups.sources.map((source) => sources.indexOf(source)),
      from: columns.length,
      which: [...sums.keys()],
    }
    for (const row of rows) groups.add(row, layout)
  }
}
