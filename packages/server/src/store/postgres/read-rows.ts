import type { StoredRow, UnreadRow } from '../usage-record-table.ts'
import { readRow } from '../read-row.ts'
import { statement, type Row, type Session } from './session.ts'

const COLUMNS = 'owner, n, id, created_at, account, key_id, charge_pico, record'

const BY_ID = statement(`SELECT ${COLUMNS} FROM usage_record WHERE id = $1 AND ($2::text IS NULL OR key_id = $2)`)
const BEHIND = statement(`SELECT ${COLUMNS} FROM usage_record WHERE owner = $1 AND n > $2 ORDER BY n LIMIT $3`)
const LATE = statement(`
  SELECT ${COLUMNS} FROM usage_record
  WHERE is_late AND account = ANY ($1) AND created_at >= $2 AND created_at < $3 ORDER BY owner, n`)

/** The row of a request, of any key or of one. */
export async function rowById(
  session: Pick<Session, 'run'>,
  id: string,
  keyId: string | undefined,
): Promise<StoredRow | undefined> {
  const { rows } = await session.run(BY_ID, [id, keyId ?? null])
  return rows[0] === undefined ? undefined : readRow(unreadRow(rows[0]))
}

/**
 * The rows that an owner has written behind one of them, in their order. Rows never change and none is ever missing between two numbers of an
 * owner, so whoever has read up to a place has read all up to it.
 */
export async function rowsBehind(
  session: Pick<Session, 'run'>,
  owner: number,
  n: number,
  limit: number,
): Promise<UnreadRow[]> {
  const { rows } = await session.run(BEHIND, [owner, n, limit])
  return rows.map(unreadRow)
}

/** The rows of some accounts that came late, and so count in no budget, of requests that arrived within a span of time. */
export async function lateRows(
  session: Pick<Session, 'run'>,
  accounts: readonly string[],
  from: number,
  until: number,
): Promise<UnreadRow[]> {
  const { rows } = await session.run(LATE, [accounts, from, until])
  return rows.map(unreadRow)
}

/** A row of the table, with its record as it stands there. */
export const unreadRow = (row: Row): UnreadRow => ({
  owner: Number(row['owner']),
  n: Number(row['n']),
  id: String(row['id']),
  createdAt: Number(row['created_at']),
  account: String(row['account']),
  keyId: row['key_id'] === null ? undefined : String(row['key_id']),
  charge: row['charge_pico'] === null ? undefined : BigInt(String(row['charge_pico'])),
  record: String(row['record']),
})
