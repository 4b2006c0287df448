import type { DatabaseSync } from 'node:sqlite'
import type { LedgerRow } from '../ledger-table.ts'

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
  SELECT * FROM ledger WHERE rowid IN (
    SELECT row FROM (${recent} LIMIT ${LOOK_BACK_ROWS}) WHERE upstream_id = ?
  ) ORDER BY created_at DESC, id DESC LIMIT 1`

/** In the order of the index `ledger_by_key`, which holds all that is looked at. */
const OF_KEY = newestMatch(`
  SELECT rowid AS row, upstream_id FROM ledger WHERE key_id = ? AND created_at BETWEEN ? AND ?
  ORDER BY created_at DESC, upstream_id DESC`)

/** In the order of arrival. */
const OF_ANY_KEY = newestMatch('SELECT rowid AS row, upstream_id FROM ledger ORDER BY rowid DESC')

/** Finds the newest record with an upstream's id, among the newest of the key's, or those around the time that the id tells. */
export function findByUpstreamId(db: DatabaseSync): (id: string, keyId: string | null) => LedgerRow | undefined {
  const [ofKey, ofAnyKey] = [db.prepare(OF_KEY), db.prepare(OF_ANY_KEY)]
  for (const statement of [ofKey, ofAnyKey]) statement.setReadBigInts(true)
  return (id, keyId) => {
    if (keyId === null) return ofAnyKey.get(id) as LedgerRow | undefined
    const { from, to } = timesOf(id)
    return ofKey.get(keyId, from, to, id) as LedgerRow | undefined
  }
}

/** When a request may have come whose answer has this id. */
function timesOf(id: string): { from: number; to: number } {
  const [, high, low] = UUID_V7.exec(id) ?? []
  if (high === undefined || low === undefined) return { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }
  const minted = Number.parseInt(high + low, 16)
  return { from: minted - LONGEST_REQUEST_MS, to: minted + CLOCKS_DIFFER_MS }
}
