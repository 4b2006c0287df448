import { CHARGED } from './count-charges.ts'
import { statement, type Session } from './session.ts'

/** What was spent of a budget by rows that name it, and what is set aside. */
export interface SpentBudget {
  readonly charged: bigint
  readonly held: bigint
  /** What rows that do not name it charged, where that is final. */
  readonly before: bigint | undefined
}

/** One statement, and so of one moment: what is counted, and row by row what is not. */
const SPENT = statement(`
  WITH uncounted AS (
    SELECT borrower.owner, borrower.counted_n AS after, owner.last_n AS up_to
    FROM borrower JOIN owner ON owner.id = borrower.owner WHERE borrower.counted_n < owner.last_n
  ), charged AS (
    ${CHARGED}
  )
  SELECT id, before_pico, before_is_final,
    spent_pico + coalesce((SELECT sum(charged_pico) FROM lease WHERE budget = number), 0)
      + coalesce((SELECT sum(amount) FROM charged WHERE charged.budget = number), 0) AS charged,
    coalesce((SELECT sum(held_pico) FROM lease WHERE budget = number), 0) AS held
  FROM budget WHERE id = ANY ($1)`)

/** Reads what was spent of budgets, by their ids. One that nobody has wanted money of is left out. */
export async function spentBudgets(
  session: Pick<Session, 'run'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SpentBudget>> {
  const { rows } = await session.run(SPENT, [ids])
  return new Map(
    rows.map((row) => [
      String(row['id']),
      {
        charged: BigInt(String(row['charged'])),
        held: BigInt(String(row['held'])),
        before: row['before_is_final'] === true ? BigInt(String(row['before_pico'])) : undefined,
      },
    ]),
  )
}
