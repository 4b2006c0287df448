import { rowsAfter, unreadRowsAfter } from '../thread/read-rows.ts'
import type { RecordRest, StoredRow, UnreadRow } from '../../usage-record-table.ts'
import type { RequestFilter } from '../../store.ts'
import { hashText } from '../../projections/hash-text.ts'
import { outcomeNumbers } from '../../projections/outcome-number.ts'
import type { FoundPage, PagePlace } from '../../projections/projector-questions.ts'
import type { Readers } from './read-totals.ts'
import { REQUEST_INDEXES } from './tables.ts'
import { hashesToAsk } from '../../projections/upstream-hash.ts'

/** What the index is asked for, by column; `undefined` when something of it is nowhere in the ledger. */
type Wanted = ReadonlyMap<(typeof REQUEST_INDEXES)[number]['column'], number>

/** Reads one page of the requests that a filter leaves. */
export function readRequests(
  readers: Readers,
  filter: RequestFilter,
  after: PagePlace | undefined,
  limit: number,
): FoundPage {
  const wanted = wantedOf(readers, filter)
  if (wanted === undefined || limit < 1) return { rows: [], next: undefined }
  const rows: UnreadRow[] = []
  let from = after
  // A hash may stand for another text too: then a page of the index is less than one of records.
  for (;;) {
    const places = readPlaces(readers, filter, wanted, from, limit)
    for (const run of runsIn(places)) {
      const found = unreadRowsAfter(readers.ledger, { owner: run.owner, n: run.n - 1 }, run.length)
      for (const row of found) {
        // Behind a row that somebody has removed come others than were asked for.
        if (row.n >= run.n + run.length) break
        if (!hasSession(row, filter)) continue
        rows.push(row)
        if (rows.length === limit) return { rows, next: { time: row.createdAt, owner: row.owner, n: row.n } }
      }
    }
    from = places.at(-1) ?? from
    if (places.length < limit) return { rows, next: undefined }
  }
}

/** Places of one owner, one behind the other. */
interface Run {
  readonly owner: number
  /** The number of the first. */
  readonly n: number
  readonly length: number
}

/** Places that stand side by side in the ledger are read at once: of an owner's requests by time, the oldest first, most do. */
function runsIn(places: readonly PagePlace[]): Run[] {
  const runs: Run[] = []
  for (const { owner, n } of places) {
    const last = runs.at(-1)
    if (last !== undefined && last.owner === owner && last.n + last.length === n)
      runs[runs.length - 1] = { ...last, length: last.length + 1 }
    else runs.push({ owner, n, length: 1 })
  }
  return runs
}

/** The newest row with an upstream's id. */
export function findByUpstreamId(readers: Readers, id: string, keyId: string | undefined): StoredRow | undefined {
  const key = keyId === undefined ? undefined : readers.texts.find(keyId)
  if (keyId !== undefined && key === undefined) return undefined
  const last = readers.projections.prepare('SELECT max(n) AS n FROM place').get()
  const select = readers.projections.prepare(`
    SELECT owner, n FROM json_each(?) AS asked CROSS JOIN request_index INDEXED BY request_by_upstream
    WHERE request_index.upstream = asked.value AND request_index.upstream <> 0 ${key === undefined ? '' : 'AND request_index.key = ?'} ORDER BY time DESC, owner DESC, n DESC`)
  for (const place of select.iterate(
    JSON.stringify(hashesToAsk(id, Number(last?.['n']))),
    ...(key === undefined ? [] : [key]),
  )) {
    const [row] = rowsAfter(readers.ledger, { owner: Number(place['owner']), n: Number(place['n']) - 1 }, 1)
    if (row?.record.upstreamId === id) return row
  }
  return undefined
}

const hasSession = ({ record }: UnreadRow, { session }: RequestFilter): boolean =>
  session === undefined || (JSON.parse(record) as RecordRest).session === session

function wantedOf({ texts }: Readers, filter: RequestFilter): Wanted | undefined {
  const { keyId: key, account, model, provider, customer, session, outcome } = filter
  const wanted = new Map<(typeof REQUEST_INDEXES)[number]['column'], number>()
  if (session !== undefined) wanted.set('session', hashText(session))
  if (outcome !== undefined) wanted.set('outcome', outcomeNumbers[outcome])
  for (const [column, text] of Object.entries({ key, account, model, provider, customer })) {
    if (text === undefined) continue
    const number = texts.find(text)
    if (number === undefined) return undefined
    wanted.set(column as 'key', number)
  }
  return wanted
}

function readPlaces(
  { projections }: Readers,
  { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER, first = 'newest' }: RequestFilter,
  wanted: Wanted,
  after: PagePlace | undefined,
  limit: number,
): PagePlace[] {
  const order = first === 'newest' ? { way: 'DESC', beyond: '<' } : { way: 'ASC', beyond: '>' }
  const conditions = [...wanted].map(
    ([column, number]) => `${column} = ? ${isInPart(column, number) ? `AND ${column} <> 0` : ''}`,
  )
  const statement = projections.prepare(`
    SELECT time, owner, n FROM request_index ${indexFor(wanted)}
    WHERE time >= ? AND time < ? ${conditions.map((condition) => `AND ${condition}`).join(' ')}
    ${after === undefined ? '' : `AND (time, owner, n) ${order.beyond} (?, ?, ?)`}
    ORDER BY time ${order.way}, owner ${order.way}, n ${order.way} LIMIT ?`)
  const place = after === undefined ? [] : [after.time, after.owner, after.n]
  // Where the last page ended is said by time alone too: SQLite would look for the place from the beginning of the span.
  const from = after !== undefined && first === 'oldest' ? Math.max(since, after.time) : since
  const to = after !== undefined && first === 'newest' ? Math.min(until, after.time + 1) : until
  return statement
    .all(from, to, ...wanted.values(), ...place, limit)
    .map((row) => ({ time: Number(row['time']), owner: Number(row['owner']), n: Number(row['n']) }))
}

/** Columns whose index leaves out the rows that have 0. */
const PARTIAL: ReadonlySet<string> = new Set(['upstream', 'session', 'customer', 'outcome'])

const isInPart = (column: string, number: number): boolean => PARTIAL.has(column) && number !== 0

function indexFor(wanted: Wanted): string {
  const found = REQUEST_INDEXES.find(({ column }) => {
    const number = wanted.get(column)
    return number !== undefined && (number !== 0 || !PARTIAL.has(column))
  })
  return found === undefined ? '' : `INDEXED BY ${found.name}`
}
