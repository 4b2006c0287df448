import type { DatabaseSync } from 'node:sqlite'
import { rowsAfter } from '../thread/read-rows.ts'
import type { StoredRow } from '../usage-record-table.ts'
import type { UsageGroup, UsageQuery } from '../../store.ts'
import { HOUR_MS, HOURS_OF_DAY, numbersOf, type RowNumbers } from './batch.ts'
import type { LabelSets } from './label-sets.ts'
import { addRow, addSums, noSums, type Sums } from './sums.ts'
import { quoted, SUMS } from './tables.ts'
import type { TextNumbers } from './text-numbers.ts'
import { usageDimensions, type Source } from './usage-dimensions.ts'

/** The sums of one group, by the names of its dimensions. */
export interface GroupSums {
  readonly groups: readonly (string | undefined)[]
  readonly sums: Sums
}

/** What the thread that has the projections reads with. */
export interface Readers {
  readonly ledger: DatabaseSync
  readonly projections: DatabaseSync
  readonly texts: TextNumbers
  readonly labels: LabelSets
  /** The names of the units' counts. */
  readonly counts: readonly string[]
}

/** A query with its groups as a list. */
export type ThreadQuery = Omit<UsageQuery, 'by'> & { readonly by: readonly UsageGroup[] }

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
): Promise<GroupSums[]> {
  const grain = query.by.includes('customer') || query.customer !== undefined ? customerDays : hours
  const filter = numberedFilter(readers.texts, query)
  if (filter === undefined) return []
  const groups = new Groups(readers, query.by)
  const span = spanOf(query, grain.ms)
  for (const [from, until] of span.edges) {
    let turn = 0
    for (const row of rowsWithin(readers, from, until)) {
      groups.addRow(row, filter)
      turn += 1
      if (turn % ROWS_OF_A_TURN === 0) await breathe()
    }
  }
  if (span.from < span.until) sumWhole(readers, grain, span, filter, groups)
  return groups.list()
}

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
function numberedFilter(texts: TextNumbers, query: ThreadQuery): NumberedFilter | undefined {
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

function spanOf({ since = -Infinity, until = Infinity }: ThreadQuery, ms: number): Span {
  const [from, to] = [Math.ceil(since / ms), Math.floor(until / ms)]
  if (from > to) return { from: 0, until: 0, edges: since < until ? [[since, until]] : [] }
  const edges: [number, number][] = []
  if (since < from * ms) edges.push([since, from * ms])
  if (to * ms < until) edges.push([to * ms, until])
  return { from, until: to, edges }
}

function* rowsWithin({ projections, ledger }: Readers, from: number, until: number): Generator<StoredRow> {
  const places = projections
    .prepare('SELECT owner, n FROM request_index INDEXED BY request_by_time WHERE time >= ? AND time < ?')
    .all(from, until)
  for (const place of places) {
    yield* rowsAfter(ledger, { owner: Number(place['owner']), n: Number(place['n']) - 1 }, 1)
  }
}

function sumWhole(readers: Readers, grain: Grain, { from, until }: Span, filter: NumberedFilter, groups: Groups): void {
  const columns = groups.sources.map((source) => {
    const column = grain.columns[source]
    if (column === undefined) throw new Error(`${grain.table} has no ${source}`)
    return column
  })
  const sums = [...SUMS, ...readers.counts].map((name) => `sum(${quoted(name)})`)
  const wanted = [...filter.keys()].map((name) => `AND ${name} = ?`)
  const statement = readers.projections.prepare(`
    SELECT ${[...columns, ...sums].join(', ')} FROM ${grain.table}
    WHERE ${grain.time} >= ? AND ${grain.time} < ? ${wanted.join(' ')}
    ${columns.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${columns.map((_, index) => index + 1).join(', ')}`}`)
  statement.setReturnArrays(true)
  const bounds = [Math.max(from, Number.MIN_SAFE_INTEGER), Math.min(until, Number.MAX_SAFE_INTEGER)]
  const rows = statement.all(...bounds, ...filter.values()) as unknown as number[][]
  for (const row of rows) groups.add(row.slice(0, columns.length), row.slice(columns.length))
}

/** The groups of a query as they fill up. */
class Groups {
  readonly sources: readonly Source[]
  readonly #groups = new Map<string, GroupSums>()
  readonly #readers: Readers
  readonly #by: readonly UsageGroup[]

  constructor(readers: Readers, by: readonly UsageGroup[]) {
    this.#readers = readers
    this.#by = by
    this.sources = [...new Set(by.map((group) => usageDimensions[group].source))]
  }

  addRow(row: StoredRow, filter: NumberedFilter): void {
    const numbers = numbersOf(row, this.#readers.texts)
    for (const [name, number] of filter) if (numbers[name] !== number) return
    const hour = Math.floor(row.createdAt / HOUR_MS)
    const all = { ...numbers, hour, day: Math.floor(hour / HOURS_OF_DAY) }
    const sums = noSums(this.#readers.counts)
    addRow(sums, row, this.#readers.counts)
    this.add(
      this.sources.map((source) => all[source]),
      sums,
    )
  }

  /** @param numbers those of {@link sources}. */
  add(numbers: readonly number[], sums: readonly number[]): void {
    let names: (readonly (string | undefined)[])[] = [[]]
    for (const group of this.#by) {
      const { source, names: namesOf } = usageDimensions[group]
      const own = namesOf(numbers[this.sources.indexOf(source)] ?? 0, this.#readers)
      names = names.flatMap((before) => own.map((name) => [...before, name]))
    }
    for (const groups of names) {
      const key = JSON.stringify(groups)
      const known = this.#groups.get(key)
      if (known === undefined) this.#groups.set(key, { groups, sums: [...sums] })
      else addSums(known.sums, sums)
    }
  }

  list(): GroupSums[] {
    return [...this.#groups.values()]
  }
}
