import type { DatabaseSync } from 'node:sqlite'
import type { HeldNews } from '@speka/core/internal'
import { Refusal } from '../sqlite-failure.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { endOwners } from './end-owners.ts'
import { countCharges, keptBudgets, roomOf, type KeptBudget } from './kept-budgets.ts'
import type { AnsweredHolder, LeaseAnswer, SentBudget, SentCall } from './lease-messages.ts'
import { grant, hear, isShort, type Borrower } from './lend.ts'
import { goneOwners, type OwnerLife } from './owner-life.ts'
import { LAST_N } from './place.ts'
import { rowCharges } from './row-charges.ts'
import { unheardOwners } from './unheard-owners.ts'

/** What the thread does for leases. */
export interface LeaseDatabase {
  /**
   * Carries out one lease call, in one transaction. Messages to the thread are taken in their order, so it comes behind every batch of
   * rows that was sent before. It is not synced: after a loss of power every owner of before is dead, and what was granted to
   * it is what its rows charged.
   *
   * @throws Refusal `overtaken` when a later call has been carried out.
   */
  exchange(call: SentCall): LeaseAnswer
  /**
   * Says that this owner lives, counts what its rows have charged, and ends those that are gone.
   *
   * @param news What is set aside by now, of leases of which that has changed.
   * @returns Whether this process is still the owner that its last lease call was answered to.
   */
  beat(news: readonly HeldNews[]): boolean
}

export interface LeaseParts {
  readonly owner: OwnerLife
  /** Becomes an owner, if it is none. */
  readonly beginLife: () => void
  /** Without a sync. */
  readonly transact: <T>(work: () => T) => T
  /** In ms since the epoch. */
  readonly now: () => number
}

export function leaseDatabase(db: DatabaseSync, { owner, beginLife, transact, now }: LeaseParts): LeaseDatabase {
  const kept = keptBudgets(db)
  const charges = rowCharges(db)
  const endAll = endOwners(db)
  const unheard = unheardOwners(db)
  const self = db.prepare('SELECT last_call FROM owner WHERE id = ?')
  const uncounted = db.prepare(`
    SELECT id, counted_n, ${LAST_N} AS n FROM owner WHERE state = 'alive' AND counted_n IS NOT NULL`)
  const noteCounted = db.prepare('UPDATE owner SET counted_n = ? WHERE id = ?')
  const noteHeard = db.prepare(`
    UPDATE owner SET counted_n = coalesce(counted_n, ?), last_call = ?, heard_at = max(coalesce(heard_at, 0) + 1, ?) WHERE id = ?`)
  const noteHeld = db.prepare('UPDATE lease SET held_pico = ? WHERE owner = ? AND budget = ?')
  const countAlive = db.prepare(`SELECT count(*) AS n FROM owner WHERE state = 'alive'`)
  const heardOf = db.prepare('SELECT coalesce(heard_at, 0) AS heard FROM owner WHERE id = ?')
  const ownsLease = db.prepare('SELECT 1 FROM lease WHERE owner = ? LIMIT 1')
  /** The owner that the last answer named. */
  let told: number | undefined

  const lastCallOf = (): number => Number(self.get(owner.id)?.['last_call'])

  /**
   * Counts what rows charged that are not counted yet, whoever's they are: so each is read once, and what others have left is
   * known to the last row. Those of an owner from before its first call name no budget.
   */
  function countRows(): void {
    for (const row of uncounted.all() as SqlRow[]) {
      const [id, countedN, lastN] = [Number(row['id']), Number(row['counted_n']), Number(row['n'])]
      if (countedN >= lastN) continue
      countCharges(kept, id, charges(id, countedN, lastN))
      noteCounted.run(lastN, id)
    }
  }

  function carryOut(call: SentCall): LeaseAnswer {
    const lastN = owner.lastN()
    const lastCall = lastCallOf()
    if (call.number <= lastCall) throw new Refusal('overtaken', `call ${call.number} comes after call ${lastCall}`)
    const wanted = new Set(call.wants.flatMap(({ lacks }) => lacks.map(({ budget }) => budget)))
    countRows()
    const budgets = call.budgets.map((sent) => kept.byId(sent.id))
    const unknown = call.budgets.filter((sent, index) => wanted.has(index) && needsBefore(sent, budgets[index]))
    if (unknown.length > 0) {
      noteHeard.run(lastN, lastCall, now(), owner.id)
      return { unknown: unknown.map(({ id }) => id) }
    }
    noteHeard.run(lastN, call.number, now(), owner.id)
    call.budgets.forEach((sent, index) => {
      const budget = budgets[index]
      if (budget !== undefined) note(budget, sent)
      else if (wanted.has(index)) budgets[index] = kept.make({ ...sent, ...beforeOf(sent) })
    })

    const borrower: Borrower = { owner: owner.id, call: call.number, alive: Number(countAlive.get()?.['n']) }
    const debts = new Map<number, bigint>()
    for (const holding of call.has) {
      const budget = budgets[holding.budget]
      if (budget !== undefined) debts.set(holding.budget, hear(budget, owner.id, holding))
    }
    const wants = call.wants.map(({ lacks }) =>
      lacks.flatMap(({ budget: index, amount }) => {
        const budget = budgets[index]
        const debt = debts.get(index) ?? 0n
        return budget === undefined ? [] : [{ budget, amount, lack: amount > debt ? amount - debt : 0n }]
      }),
    )
    const granted = wants.map((lacks) => grant(lacks, borrower))
    for (const budget of budgets) if (budget !== undefined) kept.write(budget, owner.id)
    return {
      owner: owner.id,
      has: budgets.flatMap((budget) => (budget === undefined ? [] : leaseOf(budget, owner.id))),
      shortages: wants.map((lacks, index) =>
        granted[index] === true
          ? undefined
          : lacks.filter(isShort).map(({ budget }) => ({
              budgetId: budget.id,
              room: roomOf(budget),
              holders: holdersOf(budget),
            })),
      ),
    }
  }

  const areCounted = (): boolean =>
    (uncounted.all() as SqlRow[]).every((row) => Number(row['counted_n']) >= Number(row['n']))

  const holdersOf = ({ leases }: KeptBudget): AnsweredHolder[] =>
    [...leases].flatMap(([id, { granted, charged, grants }]) => {
      const left = granted - charged
      if (id === owner.id || left <= 0n) return []
      return [{ owner: id, left, grants, heard: Number(heardOf.get(id)?.['heard']) }]
    })

  return {
    exchange(call) {
      owner.forgetIfEnded()
      const namedBefore = told !== undefined
      if (namedBefore) owner.nameBudgets()
      beginLife()
      if (namedBefore && told !== owner.id) {
        told = owner.id
        return { owner: told, has: [], shortages: call.wants.map(() => []) }
      }
      const answer = transact(() => carryOut(call))
      told = owner.id
      owner.nameBudgets()
      return answer
    },

    beat(news) {
      owner.forgetIfEnded()
      if (!owner.hasBegun || owner.id !== told) return false
      const gone = [...goneOwners(db, owner.id), ...unheard(owner.id)]
      if (gone.length === 0 && ownsLease.get(owner.id) === undefined && areCounted()) return true
      transact(() => {
        countRows()
        for (const { budgetNumber, held } of news) noteHeld.run(held, owner.id, budgetNumber)
        noteHeard.run(owner.lastN(), lastCallOf(), now(), owner.id)
        for (const { id, how } of gone) endAll([id], how, now())
      })
      return true
    },
  }
}

/** Whether it must be added up first what a budget had spent before rows named it. */
function needsBefore({ before, isKnown }: SentBudget, budget: KeptBudget | undefined): boolean {
  if (budget === undefined) return before === undefined
  return !budget.isFinal && isKnown && before?.isFinal !== true
}

const beforeOf = ({ before }: SentBudget): Pick<KeptBudget, 'before' | 'isFinal'> => ({
  before: before?.amount ?? 0n,
  isFinal: before?.isFinal ?? false,
})

/** Of two caps the one of the later revision is in force, and what is final stays as it is. */
function note(budget: KeptBudget, sent: SentBudget): void {
  if (sent.revision > budget.revision) {
    budget.cap = sent.cap
    budget.revision = sent.revision
  }
  if (!budget.isFinal && sent.before?.isFinal === true) Object.assign(budget, beforeOf(sent))
}

function leaseOf(budget: KeptBudget, owner: number) {
  const lease = budget.leases.get(owner)
  if (lease === undefined) return []
  const room = roomOf(budget)
  const { granted, grants } = lease
  return [{ budgetId: budget.id, budgetNumber: budget.number, granted, grants, recalled: room < 0n ? -room : 0n }]
}
