import type { OwnerEnd } from '../ledger-owner.ts'
import { countChargesOf } from './count-charges.ts'
import { NOW } from './owner-life.ts'
import { statement, type Session } from './session.ts'

const END = statement(`
  UPDATE owner SET state = 'ended', ended_at = ${NOW}, ended_how = $2 WHERE id = $1 AND state = 'alive'`)
const LET_GO = statement(`
  WITH gone AS (DELETE FROM lease WHERE owner = $1 RETURNING budget, charged_pico)
  UPDATE budget SET spent_pico = spent_pico + gone.charged_pico FROM gone WHERE budget.number = gone.budget`)

/**
 * Writes down that owners have ended, those that are alive, and takes back what they were lent, less what their rows charged: exactly that
 * is spent, since from the same transaction on they write no more. Within a transaction.
 */
export async function endOwners(session: Session, ids: readonly number[], how: OwnerEnd): Promise<void> {
  // In one order, whoever does it: else two could wait for each other.
  for (const id of ids.toSorted((a, b) => a - b)) {
    if ((await session.run(END, [id, how])).count === 0) continue
    await countChargesOf(session, id)
    await session.run(LET_GO, [id])
  }
}
