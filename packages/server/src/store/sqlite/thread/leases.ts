import type { DatabaseSync } from 'node:sqlite'
import type { HeldNews } from '@speka/core/internal'
import { Refusal } from '../sqlite-failure.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { endOwners } from './end-owners.ts'
import { beforeOf, carryOut as lendTo, note, unknownIn, wantedIn } from '../../leases/carry-out.ts'
import type { LeaseAnswer, SentCall } from '../../leases/lease-messages.ts'
import { countCharges, keptBudgets } from './kept-budgets.ts'
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
    countRows()
    const budgets = call.budgets.map((sent) => kept.byId(sent.id))
    const unknown = unknownIn(call, budgets)
    if (unknown.length > 0) {
      noteHeard.run(lastN, lastCall, now(), owner.id)
      return { unknown }
    }
    noteHeard.run(lastN, call.number, now(), owner.id)
    const wanted = wantedIn(call)
    call.budgets.forEach((sent, index) => {
      const budget = budgets[index]
      if (budget !== undefined) note(budget, sent)
      else if (wanted.has(index)) budgets[index] = kept.make({ ...sent, ...beforeOf(sent) })
    })
    const answer = lendTo(call, {
      owner: owner.id,
      call: call.number,
      alive: Number(countAlive.get()?.['n']),
      budgets,
      heardOf: (id) => Number(heardOf.get(id)?.['heard']),
    })
    for (const budget of budgets) if (budget !== undefined) kept.write(budget, owner.id)
    return answer
  }

  const areCounted = (): boolean =>
    (uncounted.all() as SqlRow[]).every((row) => Number(row['counted_n']) >= Number(row['n']))

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
