import type { DatabaseSync } from 'node:sqlite'
import type { SqlRow, StoredRow } from '../usage-record-table.ts'
import { oldRow, storedRow } from './read-rows.ts'

/**
 * How many records are looked through for an upstream's id, which no index has: some two milliseconds' worth. Who asks for
 * an answer by that id has just had it.
 */
const LOOK_BACK_ROWS = 10_000

/** How far the upstream's clock may be ahead of ours, and how long before it named its answer a request may have come; in ms. */
const CLOCKS_DIFFER_MS = 60_000
const LONGEST_REQUEST_MS = 3_600_000

/** A UUIDv7 begins with its time, and may stand behind a prefix such as `chatcmpl-`. */
const UUID_V7 = /([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** Not as a common table expression: SQLite would write all of those rows down before it looks at one. */
const newestMatch = (recent: string): string => `
  SELECT rowid AS n, * FROM ledger WHERE rowid IN (
    SELECT row FROM (${recent} LIMIT ${LOOK_BACK_ROWS}) WHERE upstream_id = ?
  ) ORDER BY created_at DESC, id DESC LIMIT 1`

/** In the order of the index `ledger_by_key`, which holds all that is looked at. */
const OF_KEY = newestMatch(`
  SELECT rowid AS row, upstream_id FROM ledger WHERE key_id = ? AND created_at BETWEEN ? AND ?
  ORDER BY created_at DESC, upstream_id DESC`)

/** In the order of arrival. */
const OF_ANY_KEY = newestMatch('SELECT rowid AS row, upstream_id FROM ledger ORDER BY rowid DESC')

/** The rows that say where they are from, the newest first; most are told by their text not to be it. */
const OF_OWNERS = `
  SELECT * FROM usage_record WHERE rowid IN (
    SELECT row FROM (SELECT rowid AS row, key_id, record FROM usage_record ORDER BY rowid DESC LIMIT ${LOOK_BACK_ROWS})
    WHERE (? IS NULL OR key_id = ?) AND instr(record, ?) > 0 AND record ->> 'upstreamId' = ?
  ) ORDER BY created_at DESC, id DESC LIMIT 1`

/** Finds the newest record with an upstream's id, among the newest of the key's, or those around the time that the id tells. */
export function findByUpstreamId(db: DatabaseSync): (id: string, keyId: string | null) => StoredRow | undefined {
  const [ofOwners, ofKey, ofAnyKey] = [db.prepare(OF_OWNERS), db.prepare(OF_KEY), db.prepare(OF_ANY_KEY)]
  for (const statement of [ofOwners, ofKey, ofAnyKey]) statement.setReadBigInts(true)
  const before = (id: string, keyId: string | null) => {
    if (keyId === null) return ofAnyKey.get(id)
    const { from, to } = timesOf(id)
    return ofKey.get(keyId, from, to, id)
  }
  return (id, keyId) => {
    const row = ofOwners.get(keyId, keyId, JSON.stringify(id), id)
    if (row !== undefined) return storedRow(row as SqlRow)
    const old = before(id, keyId)
    return old === undefined ? undefined : oldRow(old as SqlRow)
  }
}

/** When a request may have come whose answer has this id. */
function timesOf(id: string): { from: number; to: number } {
  const [, high, low] = UUID_V7.exec(id) ?? []
  if (high === undefined || low === undefined) return { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }
  const minted = Number.parseInt(high + low, 16)
  return { from: minted - LONGEST_REQUEST_MS, to: minted + CLOCKS_DIFFER_MS }
}
