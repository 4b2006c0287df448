import type { DatabaseSync } from 'node:sqlite'
import type { LedgerProblem, RowProblem } from '../../ledger-report.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { checksumOf, rowText } from '../../checksum.ts'
import { firstPlaceAfter, placeOf, rowPlace } from './place.ts'
import { BEFORE_OWNERS, owners } from './read-rows.ts'
import type { Charges } from './row-charges.ts'

/** A part of the ledger that was looked at. */
export interface VerifiedPart {
  readonly rows: number
  readonly problems: readonly LedgerProblem[]
  /** What these rows charge, of those that budgets count already, by the numbers of the budgets that they name. */
  readonly charges: Charges
  /** The number of the last row of this owner that was looked at; `undefined`: it has no more. */
  readonly last: number | undefined
}

/** How many problems one part tells of. */
const MOST_OF_A_PART = 100

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
    const problems: LedgerProblem[] = []
    const charges: Charges = new Map()
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
      const record = objectIn(String(row[isOld ? 'details' : 'record']))
      if (record === undefined) tell('unreadable', 'has a record that is no JSON object')
      for (const number of budgetsOf(record)) {
        if (budget.get(number) === undefined)
          tell('unknown_budget', `counts in budget ${number}, which there never was`)
        if (n <= countedN) charges.set(number, (charges.get(number) ?? 0n) + BigInt(row['charge_pico'] ?? 0))
      }
      if (BigInt(row['charge_pico'] ?? 0) < 0n) tell('negative_charge', 'has a charge below zero')
      last = n
    }
    if (rows.length === limit) return { rows: rows.length, problems, charges, last }
    const endedAt = known?.state === 'ended' ? known.lastN : last
    if (endedAt > last) {
      const message = `Owner ${owner} had ${endedAt} rows when it ended: ${endedAt - last} after row ${last} are missing.`
      problems.push({ problem: 'missing_after', owner, n: last + 1, id: undefined, message })
    }
    return { rows: rows.length, problems, charges, last: undefined }
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

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/** The budgets that a row names, each once. */
function budgetsOf(record: Readonly<Record<string, unknown>> | undefined): number[] {
  const budgets = record?.['budgets']
  return Array.isArray(budgets) ? [...new Set(budgets.filter(Number.isSafeInteger) as number[])] : []
}
