import type { DatabaseSync } from 'node:sqlite'
import type { KeptBudget } from '../../leases/kept-budget.ts'
import type { BudgetWindow, SpentParts } from '../../leases/spent-parts.ts'
import { keptBudgets } from '../thread/kept-budgets.ts'
import { LAST_N } from '../thread/place.ts'
import { rowCharges, type RowCharges } from '../thread/row-charges.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import type { Readers } from './read-totals.ts'
import { readWindow } from './read-windows.ts'

/** Whether all of these budgets have a final sum of what was spent before rows named them: then no projection is needed. */
export function areFinal(ledger: DatabaseSync, windows: readonly BudgetWindow[]): boolean {
  const kept = keptBudgets(ledger)
  return windows.every(({ id }) => kept.byId(id)?.isFinal === true)
}

/**
 * Reads what was spent of budgets. Rows that name a budget are counted by the ledger's own tables, up to a place of each owner, and
 * one by one from there on; those that do not, by the projections. Rows never change, so that sums up to two places differ by exactly
 * the rows between them.
 */
export function readSpent(readers: Readers, windows: readonly BudgetWindow[], isWindowWanted: boolean): SpentParts[] {
  const { ledger } = readers
  const sums = isWindowWanted ? inOne(readers.projections, () => readSums(readers, windows)) : undefined
  // Behind the projections, so that a budget that has no number here has no row that names it there.
  return inOne(ledger, () => {
    const kept = keptBudgets(ledger)
    const owners = countingOwners(ledger)
    const charges = rowCharges(ledger)
    const behind = owners.map(({ id, countedN, lastN }) => charges(id, countedN, lastN))
    const between = sums === undefined ? [] : owners.map((owner) => sinceProjected(owner, sums.places, charges))
    return windows.map(({ id }, index) => {
      const budget = kept.byId(id)
      const all = sums?.windows[index]
      if (budget === undefined) return { charged: 0n, held: 0n, before: undefined, window: all && { all, naming: 0n } }
      const counted = countedOf(budget)
      const naming = between.reduce(
        (sum, { sign, charges }) => sum + sign * (charges.get(budget.number) ?? 0n),
        counted,
      )
      return {
        charged: behind.reduce((sum, charges) => sum + (charges.get(budget.number) ?? 0n), counted),
        held: [...budget.leases.values()].reduce((sum, { held }) => sum + held, 0n),
        before: budget.isFinal ? budget.before : undefined,
        window: all && { all, naming },
      }
    })
  })
}

function readSums(readers: Readers, windows: readonly BudgetWindow[]) {
  const places = readers.projections.prepare('SELECT owner, n FROM place').all()
  return {
    places: new Map(places.map(({ owner, n }) => [Number(owner), Number(n)])),
    windows: windows.map((window) => readWindow(readers, window)),
  }
}

/** Whose rows may name budgets. */
interface CountingOwner {
  readonly id: number
  /** The last of its rows that is counted by the ledger's tables, and the last that there is. */
  readonly countedN: number
  readonly lastN: number
}

/**
 * What rows of an owner between its place in the projections and the one up to which they are counted charged: below zero where
 * the projections are behind. That may be all rows there are, so it is not asked for where projections are not.
 */
function sinceProjected({ id, countedN }: CountingOwner, places: ReadonlyMap<number, number>, charges: RowCharges) {
  const at = places.get(id) ?? 0
  return at <= countedN
    ? { sign: -1n, charges: charges(id, at, countedN) }
    : { sign: 1n, charges: charges(id, countedN, at) }
}

function countingOwners(ledger: DatabaseSync): CountingOwner[] {
  const rows = ledger
    .prepare(`SELECT id, counted_n, coalesce(last_n, ${LAST_N}) AS n FROM owner WHERE counted_n IS NOT NULL`)
    .all() as SqlRow[]
  return rows.map((row) => ({
    id: Number(row['id']),
    countedN: Number(row['counted_n']),
    lastN: Number(row['n']),
  }))
}

const countedOf = ({ spent, leases }: KeptBudget): bigint =>
  [...leases.values()].reduce((sum, { charged }) => sum + charged, spent)

/** Reads all that is of one moment. */
function inOne<T>(db: DatabaseSync, read: () => T): T {
  db.exec('BEGIN')
  try {
    return read()
  } finally {
    if (db.isTransaction) db.exec('COMMIT')
  }
}
