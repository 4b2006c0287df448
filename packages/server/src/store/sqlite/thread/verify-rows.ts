import type { DatabaseSync } from 'node:sqlite'
import type { LedgerProblem, RowProblem } from '../../ledger-report.ts'
import type { SqlRow } from '../usage-record-table.ts'
import { checksumOf, rowText } from './checksum.ts'
import { firstPlaceAfter, placeOf, rowPlace } from './place.ts'
import { BEFORE_OWNERS, owners } from './read-rows.ts'

/** A part of the ledger that was looked at. */
export interface VerifiedPart {
  readonly rows: number
  readonly problems: readonly LedgerProblem[]
  /** The number of the last row of this owner that was looked at; `undefined`: it has no more. */
  readonly last: number | undefined
}

/** How many problems one part tells of. */
const MOST_OF_A_PART = 100

/** Looks at the rows of one owner, part by part, so that others get their turn on the thread between two. */
export function verifyRows(db: DatabaseSync): (owner: number, after: number, limit: number) => VerifiedPart {
  const ofOwner = db.prepare('SELECT * FROM usage_record WHERE place > ? AND place < ? ORDER BY place LIMIT ?')
  const before = db.prepare('SELECT rowid AS n, * FROM ledger WHERE rowid > ? ORDER BY rowid LIMIT ?')
  for (const statement of [ofOwner, before]) statement.setReadBigInts(true)
  return (owner, after, limit) => {
    const isOld = owner === BEFORE_OWNERS
    const rows = (isOld
      ? before.all(after, limit)
      : ofOwner.all(placeOf({ owner, n: after }), firstPlaceAfter(owner), limit)) as unknown as SqlRow[]
    const known = owners(db).find(({ id }) => id === owner)
    const problems: LedgerProblem[] = []
    let last = after
    for (const row of rows) {
      const n = isOld ? Number(row['n']) : rowPlace(BigInt(row['place'] ?? 0)).n
      const id = String(row['id'])
      const tell = (problem: RowProblem, what: string): void => {
        if (problems.length < MOST_OF_A_PART)
          problems.push({ problem, owner, n, id, message: `Row ${n} of owner ${owner}, request ${id}, ${what}.` })
      }
      if (n !== last + 1) tell('missing_before', `comes after row ${last}: ${n - last - 1} between them are missing`)
      if (known === undefined) tell('unknown_owner', 'belongs to an owner that never was')
      if (!isOld && checksumOf(rowText(row)) !== Number(row['checksum']))
        tell('changed', 'is not as it was written: its checksum does not fit')
      if (!isObject(String(row[isOld ? 'details' : 'record'])))
        tell('unreadable', 'has a record that is no JSON object')
      if (BigInt(row['charge_pico'] ?? 0) < 0n) tell('negative_charge', 'has a charge below zero')
      last = n
    }
    if (rows.length === limit) return { rows: rows.length, problems, last }
    const endedAt = known?.state === 'ended' ? known.lastN : last
    if (endedAt > last) {
      const message = `Owner ${owner} had ${endedAt} rows when it ended: ${endedAt - last} after row ${last} are missing.`
      problems.push({ problem: 'missing_after', owner, n: last + 1, id: undefined, message })
    }
    return { rows: rows.length, problems, last: undefined }
  }
}

/** Everybody whose rows there are, whether they are known or not, and everybody who is known. */
export function ownersOfRows(db: DatabaseSync): number[] {
  const next = db.prepare('SELECT place FROM usage_record WHERE place >= ? ORDER BY place LIMIT 1')
  next.setReadBigInts(true)
  const found = new Set(owners(db).map(({ id }) => id))
  let from: number | bigint = Number.MIN_SAFE_INTEGER
  for (;;) {
    const row = next.get(from) as SqlRow | undefined
    if (row === undefined) return [...found].sort((a, b) => a - b)
    const { owner } = rowPlace(BigInt(row['place'] ?? 0))
    found.add(owner)
    from = firstPlaceAfter(owner)
  }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
