import type { DatabaseSync } from 'node:sqlite'
import { rowText } from '../../checksum.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { verifyPart, type RowToVerify, type VerifiedPart } from '../../verify-rows.ts'
import { firstPlaceAfter, placeOf, rowPlace } from './place.ts'
import { BEFORE_OWNERS, owners } from './read-rows.ts'

/**
 * Looks at the rows of one owner, part by part, so that others get their turn on the thread between two.
 *
 * @param countedN up to which of them budgets count what they charge.
 */
export type VerifyRows = (owner: number, after: number, limit: number, countedN: number) => VerifiedPart

export function verifyRows(db: DatabaseSync): VerifyRows {
  const budget = db.prepare('SELECT 1 FROM budget WHERE number = ?')
  const ofOwner = db.prepare('SELECT * FROM usage_record WHERE place > ? AND place < ? ORDER BY place LIMIT ?')
  const before = db.prepare('SELECT rowid AS n, * FROM ledger WHERE rowid > ? ORDER BY rowid LIMIT ?')
  for (const statement of [ofOwner, before]) statement.setReadBigInts(true)
  return (owner, after, limit, countedN) => {
    const isOld = owner === BEFORE_OWNERS
    const rows = (isOld
      ? before.all(after, limit)
      : ofOwner.all(placeOf({ owner, n: after }), firstPlaceAfter(owner), limit)) as unknown as SqlRow[]
    const known = owners(db).find(({ id }) => id === owner)
    const about = {
      owner,
      isKnown: known !== undefined,
      endedAt: known?.state === 'ended' ? known.lastN : undefined,
      countedN,
      isBudget: (number: number) => budget.get(number) !== undefined,
    }
    return verifyPart(
      rows.map((row) => rowToVerify(row, isOld)),
      about,
      after,
      limit,
    )
  }
}

const rowToVerify = (row: SqlRow, isOld: boolean): RowToVerify => ({
  n: isOld ? Number(row['n']) : rowPlace(BigInt(row['place'] ?? 0)).n,
  id: String(row['id']),
  charge: BigInt(row['charge_pico'] ?? 0),
  record: String(row[isOld ? 'details' : 'record']),
  written: isOld ? undefined : { text: rowText(row), checksum: Number(row['checksum']) },
  // There is no spool here.
  isLate: false,
})

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
