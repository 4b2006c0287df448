import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DEFAULT_ACCOUNT } from '../../store.ts'
import { firstPlaceAfter, LAST_N, placeOf, rowPlace, ROWS_OF_ONE } from './place.ts'
import type { RecordRest, RowPlace, SqlRow, StoredRow, UnreadRow } from '../../usage-record-table.ts'

/** The owner of rows from before there were owners: they lie in a table of their own, and their number is their rowid. */
export const BEFORE_OWNERS = 0

/** One life of one process that settles. */
export interface Owner {
  readonly id: number
  /** How far its rows go now: the number of the last; 0: it has none. */
  readonly lastN: number
  readonly state: 'alive' | 'ended'
}

/**
 * The rows that an owner has written after a place, in their order. Rows never change and none is ever missing between two
 * numbers of an owner, so whoever has read up to a place has read all up to it.
 *
 * @param place the last row that is known: n 0 for none.
 * @param limit how many at the most.
 * @param read what is read of a record. Default: all of it.
 */
export function rowsAfter(
  db: DatabaseSync,
  { owner, n }: RowPlace,
  limit: number,
  read: (record: string) => RecordRest = readAll,
): StoredRow[] {
  const { before, after } = statementsFor(db)
  return owner === BEFORE_OWNERS
    ? (before.all(n, limit) as unknown as SqlRow[]).map(oldRow)
    : (after.all(placeOf({ owner, n }), firstPlaceAfter(owner), limit) as unknown as RowInOrder[]).map((row) =>
        rowOf(owner, row, read),
      )
}

/** The same rows, for another thread to read. */
export function unreadRowsAfter(db: DatabaseSync, { owner, n }: RowPlace, limit: number): UnreadRow[] {
  if (owner === BEFORE_OWNERS)
    return rowsAfter(db, { owner, n }, limit).map((row) => ({ ...row, record: JSON.stringify(row.record) }))
  const { after } = statementsFor(db)
  const rows = after.all(placeOf({ owner, n }), firstPlaceAfter(owner), limit) as unknown as RowInOrder[]
  return rows.map((row) => rowOf(owner, row, (record) => record))
}

/** Everybody who has ever written rows, the oldest first; {@link BEFORE_OWNERS} comes first of all, whether it has rows or not. */
export function owners(db: DatabaseSync): Owner[] {
  const { last, all } = statementsFor(db)
  return [
    { id: BEFORE_OWNERS, lastN: Number((last.get() as SqlRow | undefined)?.['n']), state: 'ended' },
    ...(all.all() as unknown as SqlRow[]).map((row): Owner => ({
      id: Number(row['id']),
      lastN: Number(row['n']),
      state: row['state'] === 'alive' ? 'alive' : 'ended',
    })),
  ]
}

/** What is read of a row when many are: in a list, and without a `bigint`, which takes half as long. */
type RowInOrder = readonly [
  n: number,
  id: string,
  createdAt: number,
  account: string,
  keyId: string | null,
  charge: string | null,
  record: string,
]

const readAll = (record: string): RecordRest => JSON.parse(record) as RecordRest

const rowOf = <Rest>(
  owner: number,
  [n, id, createdAt, account, keyId, charge, record]: RowInOrder,
  read: (record: string) => Rest,
) => ({
  owner,
  n,
  id,
  createdAt,
  account,
  keyId: keyId ?? undefined,
  charge: charge === null ? undefined : BigInt(charge),
  record: read(record),
})

/** A row of the table `usage_record`. */
export const storedRow = (row: SqlRow): StoredRow => ({
  ...rowPlace(BigInt(row['place'] ?? 0)),
  id: String(row['id']),
  createdAt: Number(row['created_at']),
  account: String(row['account']),
  keyId: textOf(row['key_id']),
  charge: chargeOf(row['charge_pico']),
  record: JSON.parse(String(row['record'])) as RecordRest,
})

/** A row of the table `ledger`: what has a column there stands in the record now. */
export const oldRow = (row: SqlRow): StoredRow => ({
  owner: BEFORE_OWNERS,
  n: Number(row['n']),
  id: String(row['id']),
  createdAt: Number(row['created_at']),
  account: DEFAULT_ACCOUNT,
  keyId: textOf(row['key_id']),
  charge: chargeOf(row['charge_pico']),
  record: {
    ...(JSON.parse(String(row['details'])) as RecordRest),
    outcome: String(row['outcome']),
    ...known('model', row['model']),
    ...known('upstreamId', row['upstream_id']),
    ...known('inputTokens', numberOf(row['input_tokens'])),
    ...known('cachedInputTokens', numberOf(row['cached_input_tokens'])),
    ...known('outputTokens', numberOf(row['output_tokens'])),
  },
})

const known = (field: string, value: unknown) => (value == null ? {} : { [field]: value })
const textOf = (value: SqlRow[string] | undefined) => (value == null ? undefined : String(value))
const numberOf = (value: SqlRow[string] | undefined) => (value == null ? undefined : Number(value))
const chargeOf = (value: SqlRow[string] | undefined) => (value == null ? undefined : BigInt(value))

interface Statements {
  readonly before: StatementSync
  readonly after: StatementSync
  readonly last: StatementSync
  readonly all: StatementSync
}

const prepared = new WeakMap<DatabaseSync, Statements>()

function statementsFor(db: DatabaseSync): Statements {
  let statements = prepared.get(db)
  if (statements === undefined) {
    statements = {
      before: db.prepare('SELECT rowid AS n, * FROM ledger WHERE rowid > ? ORDER BY rowid LIMIT ?'),
      after: db.prepare(`
        SELECT place % ${ROWS_OF_ONE}, id, created_at, account, key_id, CAST(charge_pico AS TEXT), record
        FROM usage_record WHERE place > ? AND place < ? ORDER BY place LIMIT ?`),
      last: db.prepare('SELECT coalesce(max(rowid), 0) AS n FROM ledger'),
      all: db.prepare(`SELECT id, state, coalesce(last_n, ${LAST_N}) AS n FROM owner ORDER BY id`),
    }
    statements.before.setReadBigInts(true)
    statements.after.setReturnArrays(true)
    prepared.set(db, statements)
  }
  return statements
}
