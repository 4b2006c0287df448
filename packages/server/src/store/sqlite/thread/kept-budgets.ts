import type { DatabaseSync } from 'node:sqlite'
import type { KeptBudget, KeptLease } from '../../leases/kept-budget.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import type { Charges } from '../../verify-rows.ts'

/** The tables of budgets and leases. Nothing here begins a transaction. */
export interface KeptBudgets {
  byId(id: string): KeptBudget | undefined
  byNumber(number: number): KeptBudget | undefined
  /** A budget that is not there yet gets a number. */
  make(budget: Omit<KeptBudget, 'number' | 'spent' | 'leases'>): KeptBudget
  /** Writes down a budget, and what this owner has of it. */
  write(budget: KeptBudget, owner: number): void
  /** The numbers of the budgets of which an owner has a lease. */
  leasedBy(owner: number): number[]
}

/** The most that a column holds. What is more counts as this much, which is beyond every cap. */
const MOST = 2n ** 63n - 1n

export function keptBudgets(db: DatabaseSync): KeptBudgets {
  const selectById = db.prepare('SELECT * FROM budget WHERE id = ?')
  const selectByNumber = db.prepare('SELECT * FROM budget WHERE number = ?')
  const selectLeases = db.prepare('SELECT * FROM lease WHERE budget = ?')
  const selectOwned = db.prepare('SELECT budget FROM lease WHERE owner = ?')
  for (const statement of [selectById, selectByNumber, selectLeases]) statement.setReadBigInts(true)
  const insert = db.prepare(`
    INSERT INTO budget (id, cap_pico, revision, before_pico, before_is_final, spent_pico) VALUES (?, ?, ?, ?, ?, 0)`)
  const update = db.prepare(`
    UPDATE budget SET cap_pico = ?, revision = ?, before_pico = ?, before_is_final = ?, spent_pico = ? WHERE number = ?`)
  const putLease = db.prepare('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?)')
  const dropLease = db.prepare('DELETE FROM lease WHERE owner = ? AND budget = ?')

  function read(row: SqlRow | undefined): KeptBudget | undefined {
    if (row === undefined) return undefined
    const number = Number(row['number'])
    const leases = (selectLeases.all(number) as SqlRow[]).map((lease): [number, KeptLease] => [
      Number(lease['owner']),
      {
        granted: amount(lease['granted_pico']),
        held: amount(lease['held_pico']),
        charged: amount(lease['charged_pico']),
        grants: Number(lease['grants']),
      },
    ])
    return {
      id: String(row['id']),
      number,
      cap: amount(row['cap_pico']),
      revision: Number(row['revision']),
      before: amount(row['before_pico']),
      isFinal: row['before_is_final'] === 1n,
      spent: amount(row['spent_pico']),
      leases: new Map(leases),
    }
  }

  return {
    byId: (id) => read(selectById.get(id) as SqlRow | undefined),
    byNumber: (number) => read(selectByNumber.get(number) as SqlRow | undefined),
    make(budget) {
      const { id, cap, revision, before, isFinal } = budget
      const { lastInsertRowid } = insert.run(id, stored(cap), revision, stored(before), isFinal ? 1 : 0)
      return { ...budget, number: Number(lastInsertRowid), spent: 0n, leases: new Map() }
    },
    write({ number, cap, revision, before, isFinal, spent, leases }, owner) {
      update.run(stored(cap), revision, stored(before), isFinal ? 1 : 0, stored(spent), number)
      const lease = leases.get(owner)
      if (lease === undefined) dropLease.run(owner, number)
      else putLease.run(owner, number, stored(lease.granted), stored(lease.held), stored(lease.charged), lease.grants)
    },
    leasedBy: (owner) => selectOwned.all(owner).map((row) => Number(row['budget'])),
  }
}

const amount = (value: SqlRow[string] | undefined): bigint => BigInt(value ?? 0)
const stored = (amount: bigint): bigint => (amount > MOST ? MOST : amount)

/** Counts what rows of an owner charged: in its lease, or as spent where it has none. */
export function countCharges(kept: KeptBudgets, owner: number, charges: Charges): void {
  for (const [number, charge] of charges) {
    const budget = kept.byNumber(number)
    if (budget === undefined) continue
    const lease = budget.leases.get(owner)
    if (lease === undefined) budget.spent += charge
    else lease.charged += charge
    kept.write(budget, owner)
  }
}
