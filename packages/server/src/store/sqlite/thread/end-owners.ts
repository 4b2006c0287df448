import type { DatabaseSync } from 'node:sqlite'
import type { OwnerEnd } from '../../ledger-owner.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { letGo } from '../../leases/kept-budget.ts'
import { countCharges, keptBudgets } from './kept-budgets.ts'
import { LAST_N } from './place.ts'
import { rowCharges } from './row-charges.ts'

/** Writes down that these owners have ended, those that are alive, and takes back what they were lent. Within a transaction. */
export type EndOwners = (ids: readonly number[], how: OwnerEnd, at: number) => void

export function endOwners(db: DatabaseSync): EndOwners {
  const alive = db.prepare(`SELECT ${LAST_N} AS n, counted_n FROM owner WHERE id = ? AND state = 'alive'`)
  const end = db.prepare(`
    UPDATE owner SET state = 'ended', ended_at = ?, ended_how = ?, last_n = ?, counted_n = iif(counted_n IS NULL, NULL, ?)
    WHERE id = ?`)
  const kept = keptBudgets(db)
  const charges = rowCharges(db)
  return (ids, how, at) => {
    for (const id of ids) {
      const row = alive.get(id) as SqlRow | undefined
      if (row === undefined) continue
      const last = Number(row['n'])
      // Exactly what its rows charged is spent, in the very transaction behind which it writes no more.
      if (row['counted_n'] !== null) countCharges(kept, id, charges(id, Number(row['counted_n']), last))
      for (const number of kept.leasedBy(id)) {
        const budget = kept.byNumber(number)
        if (budget === undefined) continue
        letGo(budget, id)
        kept.write(budget, id)
      }
      end.run(at, how, last, last, id)
    }
  }
}
