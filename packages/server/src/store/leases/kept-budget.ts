/** What an owner was lent of a budget. */
export interface KeptLease {
  granted: bigint
  held: bigint
  charged: bigint
  grants: number
}

/** A budget as it is in its tables, to be changed in memory within a transaction. */
export interface KeptBudget {
  readonly id: string
  readonly number: number
  cap: bigint
  revision: number
  /** What its window had spent in rows that do not name it. */
  before: bigint
  isFinal: boolean
  /** Charged by rows that count in no lease any more. */
  spent: bigint
  /** By owner. */
  readonly leases: Map<number, KeptLease>
}

/** The cap, less what was ever lent and has not come back, or was charged where that is more. */
export function roomOf({ cap, before, spent, leases }: KeptBudget): bigint {
  let room = cap - before - spent
  for (const { granted, charged } of leases.values()) room -= granted > charged ? granted : charged
  return room
}

/** What its rows charged counts as spent, and no lease is left. */
export function letGo(budget: KeptBudget, owner: number): void {
  budget.spent += budget.leases.get(owner)?.charged ?? 0n
  budget.leases.delete(owner)
}
