import { hashText } from '../../projections/hash-text.ts'
import { outcomeNumbers } from '../../projections/outcome-number.ts'
import type { FoundPage, PagePlace } from '../../projections/projector-questions.ts'
import { hashesToAsk } from '../../projections/upstream-hash.ts'
import type { RequestFilter } from '../../store.ts'
import type { RecordRest, StoredRow, UnreadRow } from '../../usage-record-table.ts'
import { readRow } from '../../read-row.ts'
import { unreadRow } from '../read-rows.ts'
import { statement, type Session } from '../session.ts'
import { numberOf, type Readers } from './readers.ts'

/** What the index is asked for, by column. */
type Wanted = ReadonlyMap<string, number>

/** Columns whose index leaves out the rows that have 0. */
const PARTIAL: ReadonlySet<string> = new Set(['session', 'customer', 'outcome'])

const ROWS = statement(`
  SELECT row.owner, row.n, row.id, row.created_at, row.account, row.key_id, row.charge_pico, row.record
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS place (owner, n, at)
  JOIN usage_record AS row USING (owner, n) ORDER BY place.at`)
const LAST_N = statement('SELECT coalesce(max(n), 0) AS n FROM place')
const BY_UPSTREAM = statement(`
  SELECT time, owner, n FROM request_index
  WHERE upstream = ANY ($1::bigint[]) AND upstream <> 0 AND ($2::bigint IS NULL OR key = $2)
  ORDER BY time DESC, owner DESC, n DESC LIMIT $3`)

/** Reads one page of the requests that a filter leaves. */
export async function readRequests(
  readers: Readers,
  filter: RequestFilter,
  after: PagePlace | undefined,
  limit: number,
): Promise<FoundPage> {
  const wanted = await wantedOf(readers, filter)
  if (wanted === undefined || limit < 1) return { rows: [], next: undefined }
  const rows: UnreadRow[] = []
  let from = after
  // A hash may stand for another text too: then a page of the index is less than one of records.
  for (;;) {
    const places = await readPlaces(readers.session, filter, wanted, from, limit)
    for (const row of await rowsAt(readers.session, places)) {
      if (!hasSession(row, filter)) continue
      rows.push(row)
      if (rows.length === limit) return { rows, next: { time: row.createdAt, owner: row.owner, n: row.n } }
    }
    from = places.at(-1) ?? from
    if (places.length < limit) return { rows, next: undefined }
  }
}

/** So many have one upstream's id at most that are looked at at once. */
const UPSTREAMS_AT_ONCE = 100

/** The newest row with an upstream's id. */
export async function findByUpstreamId(
  readers: Readers,
  id: string,
  keyId: string | undefined,
): Promise<StoredRow | undefined> {
  const key = keyId === undefined ? null : await numberOf(readers, keyId)
  if (key === undefined) return undefined
  const { session } = readers
  const last = Number((await session.run(LAST_N)).rows[0]?.['n'])
  const { rows } = await session.run(BY_UPSTREAM, [hashesToAsk(id, last), key, UPSTREAMS_AT_ONCE])
  const found = await rowsAt(session, rows.map(placeOf))
  return found.map(readRow).find(({ record }) => record.upstreamId === id)
}

async function rowsAt(session: Pick<Session, 'run'>, places: readonly PagePlace[]): Promise<UnreadRow[]> {
  if (places.length === 0) return []
  const { rows } = await session.run(ROWS, [places.map(({ owner }) => owner), places.map(({ n }) => n)])
  return rows.map(unreadRow)
}

const hasSession = ({ record }: UnreadRow, { session }: RequestFilter): boolean =>
  session === undefined || (JSON.parse(record) as RecordRest).session === session

/** @returns `undefined` when something of it is nowhere in the ledger. */
async function wantedOf(readers: Readers, filter: RequestFilter): Promise<Wanted | undefined> {
  const { keyId: key, account, model, provider, customer, session, outcome } = filter
  const wanted = new Map<string, number>()
  if (session !== undefined) wanted.set('session', hashText(session))
  if (outcome !== undefined) wanted.set('outcome', outcomeNumbers[outcome])
  for (const [column, text] of Object.entries({ key, account, model, provider, customer })) {
    if (text === undefined) continue
    const number = await numberOf(readers, text)
    if (number === undefined) return undefined
    wanted.set(column, number)
  }
  return wanted
}

async function readPlaces(
  session: Pick<Session, 'run'>,
  { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER, first = 'newest' }: RequestFilter,
  wanted: Wanted,
  after: PagePlace | undefined,
  limit: number,
): Promise<PagePlace[]> {
  const order = first === 'newest' ? { way: 'DESC', beyond: '<' } : { way: 'ASC', beyond: '>' }
  const conditions = [...wanted].map(
    ([column, number], index) =>
      `AND ${column} = $${index + 3} ${PARTIAL.has(column) && number !== 0 ? `AND ${column} <> 0` : ''}`,
  )
  const [a, b, c, d] = [3, 4, 5, 6].map((place) => `$${wanted.size + place}`)
  const select = statement(`
    SELECT time, owner, n FROM request_index WHERE time >= $1 AND time < $2 ${conditions.join(' ')}
    ${after === undefined ? '' : `AND (time, owner, n) ${order.beyond} (${a}, ${b}, ${c})`}
    ORDER BY time ${order.way}, owner ${order.way}, n ${order.way} LIMIT ${after === undefined ? a : d}`)
  const place = after === undefined ? [] : [after.time, after.owner, after.n]
  const values = [Math.ceil(since), Math.ceil(until), ...wanted.values(), ...place, limit]
  return (await session.run(select, values)).rows.map(placeOf)
}

const placeOf = (row: Readonly<Record<string, unknown>>): PagePlace => ({
  time: Number(row['time']),
  owner: Number(row['owner']),
  n: Number(row['n']),
})
