import { checksumOf } from './checksum.ts'
import type { LedgerProblem, RowProblem } from './ledger-report.ts'
import type { RowText } from './usage-record-table.ts'

/** What rows charge, by the numbers of the budgets that they name. */
export type Charges = Map<number, bigint>

/** A row as it lies in its table. */
export interface RowToVerify {
  readonly n: number
  readonly id: string
  /** In pico-dollars; 0: none, or unknown. */
  readonly charge: bigint
  readonly record: string
  /** What it is made of, and the checksum that was written with it; `undefined`: it is from before there were checksums. */
  readonly written: { readonly text: RowText; readonly checksum: number } | undefined
  /** Whether it came after its owner's end: then it counts in no budget. */
  readonly isLate: boolean
}

/** Of whom a part of the ledger is, and what is known beside its rows. */
export interface VerifiedOwner {
  readonly owner: number
  /** Whether there ever was such an owner. */
  readonly isKnown: boolean
  /** The number of its last row, once it has ended: it may still write otherwise. */
  readonly endedAt: number | undefined
  /** Up to which of its rows budgets count what they charge. */
  readonly countedN: number
  readonly isBudget: (number: number) => boolean
}

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
 * Looks at rows of one owner, in the order of their numbers.
 *
 * @param after the number of the row before them.
 * @param limit how many were asked for: fewer are the last ones.
 */
export function verifyPart(
  rows: readonly RowToVerify[],
  { owner, isKnown, endedAt, countedN, isBudget }: VerifiedOwner,
  after: number,
  limit: number,
): VerifiedPart {
  const problems: LedgerProblem[] = []
  const charges: Charges = new Map()
  let last = after
  for (const { n, id, charge, record: text, written, isLate } of rows) {
    const tell = (problem: RowProblem, what: string): void => {
      if (problems.length < MOST_OF_A_PART)
        problems.push({ problem, owner, n, id, message: `Row ${n} of owner ${owner}, request ${id}, ${what}.` })
    }
    if (n !== last + 1) tell('missing_before', `comes after row ${last}: ${n - last - 1} between them are missing`)
    if (!isKnown) tell('unknown_owner', 'belongs to an owner that never was')
    if (written !== undefined && checksumOf(written.text) !== written.checksum)
      tell('changed', 'is not as it was written: its checksum does not fit')
    const record = objectIn(text)
    if (record === undefined) tell('unreadable', 'has a record that is no JSON object')
    for (const number of budgetsOf(record)) {
      if (!isBudget(number)) tell('unknown_budget', `counts in budget ${number}, which there never was`)
      if (n <= countedN && !isLate) charges.set(number, (charges.get(number) ?? 0n) + charge)
    }
    if (charge < 0n) tell('negative_charge', 'has a charge below zero')
    last = n
  }
  if (rows.length === limit) return { rows: rows.length, problems, charges, last }
  if (endedAt !== undefined && endedAt > last) {
    const message = `Owner ${owner} had ${endedAt} rows when it ended: ${endedAt - last} after row ${last} are missing.`
    problems.push({ problem: 'missing_after', owner, n: last + 1, id: undefined, message })
  }
  return { rows: rows.length, problems, charges, last: undefined }
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
