import { MOST_PROBLEMS, type LedgerProblem, type LedgerReport } from './ledger-report.ts'
import type { Charges, VerifiedPart } from './verify-rows.ts'

/** How many rows are looked at in one go: some tens of milliseconds' worth. */
const PART_ROWS = 5000

/** What budgets count as charged, and by which rows, at one moment. */
export interface CountedCharges {
  /** By owner, the number of the last row that is counted. Rows of others name no budget. */
  readonly upTo: ReadonlyMap<number, number>
  readonly budgets: readonly { readonly number: number; readonly id: string; readonly charged: bigint }[]
}

/** What a database tells of its rows. */
export interface VerifiableLedger {
  countedCharges(): Promise<CountedCharges>
  /** Everybody whose rows there are, whether they are known or not, and everybody who is known. */
  ownersOfRows(): Promise<readonly number[]>
  /**
   * Looks at the rows of one owner behind one of them, so many at the most.
   *
   * @param countedN up to which of them budgets count what they charge.
   */
  verifyRows(owner: number, after: number, limit: number, countedN: number): Promise<VerifiedPart>
}

/** Looks at every row of the ledger, owner by owner, and holds what budgets count as charged to them. */
export async function verifyLedger(ledger: VerifiableLedger): Promise<LedgerReport> {
  // First: what these rows charge stays the same, whatever is written and counted meanwhile.
  const counted = await ledger.countedCharges()
  let rows = 0
  const problems: LedgerProblem[] = []
  const charges: Charges = new Map()
  for (const owner of await ledger.ownersOfRows()) {
    let after: number | undefined = 0
    while (after !== undefined) {
      const part: VerifiedPart = await ledger.verifyRows(owner, after, PART_ROWS, counted.upTo.get(owner) ?? 0)
      rows += part.rows
      problems.push(...part.problems)
      for (const [number, charge] of part.charges) charges.set(number, (charges.get(number) ?? 0n) + charge)
      after = part.last
    }
  }
  problems.push(...differences(counted, charges))
  return { rows, problems: problems.slice(0, MOST_PROBLEMS) }
}

const differences = ({ budgets }: CountedCharges, charges: Charges): LedgerProblem[] =>
  budgets.flatMap(({ number, id, charged }) => {
    const rows = charges.get(number) ?? 0n
    if (charged === rows) return []
    const message = `Budget ${number} (${id}) counts ${charged} pico-dollars as charged, the rows that name it say ${rows}.`
    return [{ problem: 'charges_differ', owner: 0, n: 0, id: undefined, message }]
  })
