import type { HeldNews } from '@speka/core/internal'
import { beforeOf, carryOut, note, unknownIn, wantedIn } from '../leases/carry-out.ts'
import type { KeptBudget } from '../leases/kept-budget.ts'
import type { LeaseAnswer, SentCall } from '../leases/lease-messages.ts'
import { countCharges } from './count-charges.ts'
import type { Lane } from './database.ts'
import { keptBudgets } from './kept-budgets.ts'
import { NOW, type OwnerLife } from './owner-life.ts'
import { Refusal } from './postgres-failure.ts'
import { statement, type Session } from './session.ts'
import type { RetireOwners } from './retire-owners.ts'

/** What the database does for leases. */
export interface LeaseDatabase {
  /**
   * Carries out one lease call, in one transaction.
   *
   * @throws Refusal `overtaken` when a later call has been carried out.
   */
  exchange(call: SentCall): Promise<LeaseAnswer>
  /**
   * Says that this owner lives, counts what rows have charged, and ends those that are gone.
   *
   * @returns whether this process is still the owner that its last lease call was answered to.
   */
  beat(news: readonly HeldNews[]): Promise<boolean>
}

/** Its row is taken for as long as the call is carried out, so that nobody ends this owner meanwhile; see `endOwners`. */
const TAKE = statement(`
  INSERT INTO borrower (owner, last_call, counted_n)
  SELECT id, 0, last_n FROM owner WHERE id = $1
  ON CONFLICT (owner) DO UPDATE SET last_call = borrower.last_call
  RETURNING last_call`)
const IS_ALIVE = statement(`SELECT FROM owner WHERE id = $1 AND state = 'alive'`)
const NOTE_CALL = statement('UPDATE borrower SET last_call = $2 WHERE owner = $1')
const NOTE_HEARD = statement(`
  UPDATE owner SET heard_at = ${NOW}, heard = heard + 1 WHERE id = $1 AND state = 'alive'`)
const ALIVE = statement(`SELECT id, heard FROM owner WHERE state = 'alive'`)
const NOTE_HELD = statement(`
  UPDATE lease SET held_pico = news.held
  FROM unnest($2::bigint[], $3::numeric[]) AS news (budget, held)
  WHERE lease.owner = $1 AND lease.budget = news.budget`)

export interface LeaseDatabaseParts {
  readonly lane: Lane
  readonly owner: OwnerLife
  /** Ends those that are gone, besides this one. */
  readonly retire: RetireOwners
}

export function leaseDatabase({ lane, owner, retire }: LeaseDatabaseParts): LeaseDatabase {
  /** The owner that the last answer named. */
  let told: number | undefined

  return {
    async exchange(call) {
      const namedBefore = told !== undefined
      await lane.transact((session) => owner.forgetIfEnded(session))
      const id = owner.id ?? (await lane.transact((session) => owner.begin(session)))
      if (namedBefore && told !== id) {
        told = id
        return { owner: id, has: [], shortages: call.wants.map(() => []) }
      }
      const answer = await lane.transact((session) => exchangeIn(session, id, call))
      told = id
      owner.nameBudgets()
      return answer
    },

    async beat(news) {
      await lane.transact((session) => owner.forgetIfEnded(session))
      const { id } = owner
      if (id === undefined || id !== told) return false
      await lane.transact(async (session) => {
        await takeBorrower(session, id)
        await countCharges(session)
        if (news.length > 0)
          await session.run(NOTE_HELD, [
            id,
            news.map(({ budgetNumber }) => budgetNumber),
            news.map(({ held }) => held.toString()),
          ])
        await session.run(NOTE_HEARD, [id])
      })
      await retire(lane, id)
      return true
    },
  }
}

/** Takes an owner's row, so that nobody ends it meanwhile. @returns the number of the last call. @throws Refusal `fenced` when somebody has taken this owner for ended. */
async function takeBorrower(session: Session, id: number): Promise<number> {
  const { rows } = await session.run(TAKE, [id])
  if ((await session.run(IS_ALIVE, [id])).count === 0) throw new Refusal('fenced', `owner ${id} was taken for ended`)
  return Number(rows[0]?.['last_call'])
}

/** Takes up what a call says of budgets, and makes those that nobody has wanted money of before. */
async function noteAndMake(
  make: ReturnType<typeof keptBudgets>['make'],
  call: SentCall,
  budgets: readonly (KeptBudget | undefined)[],
): Promise<(KeptBudget | undefined)[]> {
  const wanted = wantedIn(call)
  const lent: (KeptBudget | undefined)[] = []
  for (const [index, sent] of call.budgets.entries()) {
    const budget = budgets[index]
    if (budget === undefined) lent.push(wanted.has(index) ? await make({ ...sent, ...beforeOf(sent) }) : undefined)
    else {
      note(budget, sent)
      lent.push(budget)
    }
  }
  return lent
}

async function exchangeIn(session: Session, id: number, call: SentCall): Promise<LeaseAnswer> {
  const lastCall = await takeBorrower(session, id)
  if (call.number <= lastCall) throw new Refusal('overtaken', `call ${call.number} comes after call ${lastCall}`)
  await countCharges(session)
  const kept = keptBudgets(session)
  const budgets = await kept.take(call.budgets.map((sent) => sent.id))
  const unknown = unknownIn(call, budgets)
  await session.run(NOTE_HEARD, [id])
  if (unknown.length > 0) return { unknown }
  await session.run(NOTE_CALL, [id, call.number])
  const lent = await noteAndMake(kept.make, call, budgets)
  const { rows } = await session.run(ALIVE)
  const heard = new Map(rows.map((row) => [Number(row['id']), Number(row['heard'])]))
  const answer = carryOut(call, {
    owner: id,
    call: call.number,
    alive: rows.length,
    budgets: lent,
    heardOf: (one) => heard.get(one) ?? 0,
  })
  await kept.write(
    lent.filter((budget) => budget !== undefined),
    id,
  )
  return answer
}
