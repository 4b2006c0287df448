import type { DatabaseSync } from 'node:sqlite'
import { rowsAfter } from '../thread/read-rows.ts'
import type { StoredRow } from '../../usage-record-table.ts'
import { HOUR_MS, HOURS_OF_DAY, numbersOf, type RowNumbers } from '../../projections/batch.ts'
import type { HourRows } from './hour-rows.ts'
import type { HourSums } from './hour-sums.ts'
import type { LabelSets } from '../../projections/label-sets.ts'
import { GroupedSums, type PackedTotals, type RowLayout } from '../../projections/grouped-sums.ts'
import { addRow, noSums } from '../../projections/sums.ts'
import { HOUR_KEY, SUMS } from '../../projections/sum-columns.ts'
import { quoted } from './tables.ts'
import type { ThreadQuery, ThreadSplits } from '../../projections/projector-questions.ts'
import type { FileTextNumbers } from './text-numbers.ts'
import type { Source } from '../../projections/usage-dimensions.ts'

/** What the thread that has the projections reads with. */
export interface Readers {
  readonly ledger: DatabaseSync
  readonly projections: DatabaseSync
  readonly texts: FileTextNumbers
  readonly labels: LabelSets
  readonly hourRows: HourRows
  readonly hourSums: HourSums
  /** The names of the units' counts. */
  readonly counts: readonly string[]
}

/** Rows read in a row before others get a turn. */
const ROWS_OF_A_TURN = 1000

/**
 * Adds up usage by groups: whole hours, or days for customers, from their sums, and what is left of the first and the last
 * from the rows themselves. So any span of time is exact.
 *
 * @param breathe lets the thread do what else is waiting.
 */
export async function readTotals(
  readers: Readers,
  query: ThreadQuery,
  breathe: () => Promise<void>,
): Promise<PackedTotals> {
  const [totals] = await readSplits(readers, { ...query, splits: [query.by] }, breathe)
  if (totals === undefined) throw new TypeError('a query has its totals')
  return totals
}

/** Adds up the same usage by several lists of groups, and reads its sums once for all of them. */
export async function readSplits(
  readers: Readers,
  query: ThreadSplits,
  breathe: () => Promise<void>,
): Promise<PackedTotals[]> {
  const isOfCustomers = query.customer !== undefined || query.splits.some((by) => by.includes('customer'))
  const grain = isOfCustomers ? customerDays : hours
  const filter = numberedFilter(readers.texts, query)
  const used = usedSums(readers.projections)
  const counts = readers.counts.filter((name) => used.has(name))
  const all = query.splits.map((by) => new GroupedSums(readers, by, counts))
  const packed = (): PackedTotals[] => all.map((groups) => groups.pack(query.most))
  if (filter === undefined) return packed()
  const span = spanOf(query, grain.ms)
  for (const [from, until] of span.edges) {
    let turn = 0
    for (const row of rowsWithin(readers, from, until)) {
      for (const groups of all) addOne(readers, row, filter, groups)
      turn += 1
      if (turn % ROWS_OF_A_TURN === 0) await breathe()
    }
  }
  if (span.from >= span.until) return packed()
  const whole = rememberedHours(readers, query, span, filter, used, all)
  if (whole !== undefined) return [whole.pack(query.most, all[0])]
  sumWhole(readers, grain, span, filter, used, all)
  return packed()
}

/** The names of the columns that are not 0 everywhere. To read the others takes as long as to read these. */
const usedSums = (projections: DatabaseSync): ReadonlySet<string> =>
  new Set(
    projections
      .prepare('SELECT name FROM used_sum')
      .all()
      .map(({ name }) => String(name)),
  )

interface Grain {
  readonly table: string
  readonly ms: number
  readonly time: 'hour' | 'day'
  /** How a source reads in this table. */
  readonly columns: Partial<Readonly<Record<Source, string>>>
}

const hours: Grain = {
  table: 'usage_hour',
  ms: HOUR_MS,
  time: 'hour',
  columns: {
    hour: 'hour',
    // Rounded down, before 1970 too.
    day: `(hour - ((hour % ${HOURS_OF_DAY}) + ${HOURS_OF_DAY}) % ${HOURS_OF_DAY}) / ${HOURS_OF_DAY}`,
    account: 'account',
    key: 'key',
    labels: 'labels',
    model: 'model',
    provider: 'provider',
  },
}

const customerDays: Grain = {
  table: 'usage_customer_day',
  ms: HOUR_MS * HOURS_OF_DAY,
  time: 'day',
  columns: { day: 'day', account: 'account', customer: 'customer' },
}

type NumberedFilter = ReadonlyMap<keyof RowNumbers, number>

/** The filter in numbers; `undefined` when something in it has none, and so no row. */
function numberedFilter(texts: FileTextNumbers, query: ThreadSplits): NumberedFilter | undefined {
  const { keyId: key, account, model, provider, customer } = query
  const filter = new Map<keyof RowNumbers, number>()
  for (const [name, text] of Object.entries({ key, account, model, provider, customer })) {
    if (text === undefined) continue
    const number = texts.find(text)
    if (number === undefined) return undefined
    filter.set(name as keyof RowNumbers, number)
  }
  return filter
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

function* rowsWithin({ projections, ledger }: Readers, from: number, until: number): Generator<StoredRow> {
  const places = projections.prepare('SELECT owner, n FROM request_index WHERE time >= ? AND time < ?').all(from, until)
  for (const place of places) {
    yield* rowsAfter(ledger, { owner: Number(place['owner']), n: Number(place['n']) - 1 }, 1)
  }
}

/** The sums that are read: their places among those of every row and of the counts, and their names. */
function sumsRead(counts: readonly string[], used: ReadonlySet<string>): { which: number[]; names: string[] } {
  const all = [...SUMS, ...counts]
  const which = [...all.keys()].filter((index) => used.has(all[index] ?? ''))
  return { which, names: which.map((index) => all[index] ?? '') }
}

const boundsOf = ({ from, until }: Span): [from: number, until: number] => [
  Math.max(from, Number.MIN_SAFE_INTEGER),
  Math.min(until, Number.MAX_SAFE_INTEGER),
]

/**
 * The sums of whole hours by one list of groups, of which one is the hour, from what is remembered of them: those of the hours that
 * are not whole stand beside them.
 *
 * @returns `undefined` where they have to be added up.
 */
function rememberedHours(
  readers: Readers,
  { splits }: ThreadSplits,
  span: Span,
  filter: NumberedFilter,
  used: ReadonlySet<string>,
  all: readonly GroupedSums[],
): GroupedSums | undefined {
  const [by = []] = splits
  const [{ sources, counts } = { sources: [], counts: [] }] = all
  const places = sources.map((source) => HOUR_KEY.findIndex((name) => name === source))
  if (splits.length > 1 || !by.includes('hour') || filter.size > 0 || places.includes(-1)) return undefined
  const { which, names } = sumsRead(counts, used)
  const hours = readers.hourRows.read(...boundsOf(span), names)
  const layout = { sources: places, from: HOUR_KEY.length, which }
  return readers.hourSums.of(by, () => new GroupedSums(readers, by, counts), hours, layout)
}

function sumWhole(
  readers: Readers,
  grain: Grain,
  span: Span,
  filter: NumberedFilter,
  used: ReadonlySet<string>,
  groups: readonly GroupedSums[],
): void {
  const { which, names } = sumsRead(groups[0]?.counts ?? [], used)
  // By the hour nearly every row is a group of its own, and sorting them only to find that out takes longest.
  const sources = [...new Set(groups.flatMap((each) => each.sources))]
  const isSummed = !sources.includes('hour')
  const places = sources.map((source) => HOUR_KEY.findIndex((name) => name === source))
  if (!isSummed && filter.size === 0 && !places.includes(-1)) {
    const rows = readers.hourRows.read(...boundsOf(span), names).flat()
    addAll(rows, { sources: HOUR_KEY, from: HOUR_KEY.length, which }, groups)
    return
  }
  const columns = sources.map((source) => {
    const column = grain.columns[source]
    if (column === undefined) throw new Error(`${grain.table} has no ${source}`)
    return column
  })
  const sums = names.map((name) => (isSummed ? `sum(${quoted(name)})` : quoted(name)))
  const wanted = [...filter.keys()].map((name) => `AND ${name} = ?`)
  const statement = readers.projections.prepare(`
    SELECT ${[...columns, ...sums].join(', ')} FROM ${grain.table}
    WHERE ${grain.time} >= ? AND ${grain.time} < ? ${wanted.join(' ')}
    ${isSummed ? `GROUP BY ${columns.map((_, index) => index + 1).join(', ')}` : ''}`)
  statement.setReturnArrays(true)
  const rows = statement.all(...boundsOf(span), ...filter.values()) as unknown as number[][]
  addAll(rows, { sources, from: columns.length, which }, groups)
}

interface Columns extends Omit<RowLayout, 'sources'> {
  /** What each column before the sums is. */
  readonly sources: readonly Source[]
}

function addAll(
  rows: readonly (readonly number[])[],
  { sources, ...sums }: Columns,
  all: readonly GroupedSums[],
): void {
  for (const groups of all) {
    const layout = { ...sums, sources: groups.sources.map((source) => sources.indexOf(source)) }
    for (const row of rows) groups.add(row, layout)
  }
}

function addOne(readers: Readers, row: StoredRow, filter: NumberedFilter, groups: GroupedSums): void {
  const numbers = numbersOf(row, readers.texts)
  for (const [name, number] of filter) if (numbers[name] !== number) return
  const hour = Math.floor(row.createdAt / HOUR_MS)
  const all = { ...numbers, hour, day: Math.floor(hour / HOURS_OF_DAY) }
  const sums = noSums(groups.counts)
  addRow(sums, row, groups.counts)
  const sources = groups.sources.map((source) => all[source])
  groups.add([...sources, ...sums], { sources: [...sources.keys()], from: sources.length, which: [...sums.keys()] })
}
