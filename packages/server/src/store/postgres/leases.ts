import type { HeldNews } from '@speka/core/internal'
import { beforeOf, carryOut, note, unknownIn, wantedIn } from '../leases/carry-out.ts'
import type { KeptBudget } from '../leases/kept-budget.ts'
import type { LeaseAnswer, SentCall } from '../leases/lease-messages.ts'
import { countCharges } from './count-charges.ts'
import type { Lane } from './database.ts'
import { keptBudgets } from './kept-budgets.ts'
import { NOW, type OwnerLife } from './owner-life.ts'
import { failureOf, Refusal } from './postgres-failure.ts'
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
const HEARD = `UPDATE owner SET heard_at = ${NOW}, heard = heard + 1 WHERE id = $1 AND state = 'alive'`
const NOTE_HEARD = statement(HEARD)
/** Answers with everybody who is alive: with nobody where the owner itself is not. */
const NOTE_CALL = statement(`
  WITH heard AS (${HEARD} RETURNING id), called AS (
    UPDATE borrower SET last_call = $2 FROM heard WHERE owner = heard.id
  )
  SELECT id, heard FROM owner WHERE state = 'alive' AND EXISTS (SELECT FROM heard)`)
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
  /** The number of the last call that was asked for. */
  let asked = 0

  /** Somebody has taken this owner for ended: it becomes another one. @throws What the error says otherwise. */
  function forgetEnded(id: number, error: unknown): void {
    if (failureOf(error).kind !== 'fenced') throw error
    if (owner.id === id) owner.forget()
  }

  async function exchange(call: SentCall): Promise<LeaseAnswer> {
    const id = owner.id ?? (await lane.transact((session) => owner.begin(session)))
    if (told !== undefined && told !== id) {
      told = id
      return { owner: id, has: [], shortages: call.wants.map(() => []) }
    }
    try {
      const answer = await lane.transact((session) => {
        // It says all that this one says: while that waited for its turn, it was given up.
        if (call.number < asked) throw new Refusal('overtaken', `call ${asked} waits behind call ${call.number}`)
        return exchangeIn(session, id, call)
      })
      told = id
      owner.nameBudgets()
      return answer
    } catch (error) {
      forgetEnded(id, error)
    }
    return exchange(call)
  }

  return {
    exchange(call) {
      asked = Math.max(asked, call.number)
      return exchange(call)
    },

    async beat(news) {
      const { id } = owner
      if (id === undefined || id !== told) return false
      try {
        await lane.transact(async (session) => {
          await lastCallOf(session, id)
          await countCharges(session)
          if (news.length > 0)
            await session.run(NOTE_HELD, [
              id,
              news.map(({ budgetNumber }) => budgetNumber),
              news.map(({ held }) => held.toString()),
            ])
          if ((await session.run(NOTE_HEARD, [id])).count === 0) throw ended(id)
        })
      } catch (error) {
        forgetEnded(id, error)
        return false
      }
      await retire(lane, id)
      return true
    },
  }
}

const ended = (id: number): Refusal => new Refusal('fenced', `owner ${id} was taken for ended`)

/** Takes an owner's row, so that nobody ends it meanwhile. @returns the number of its last call. @throws Refusal `fenced` when there is no such owner. */
async function lastCallOf(session: Session, id: number): Promise<number> {
  const { rows } = await session.run(TAKE, [id])
  if (rows[0] === undefined) throw ended(id)
  return Number(rows[0]['last_call'])
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
  const lastCall = await lastCallOf(session, id)
  if (call.number <= lastCall) throw new Refusal('overtaken', `call ${call.number} comes after call ${lastCall}`)
  await countCharges(session)
  const kept = keptBudgets(session)
  const budgets = await kept.take(call.budgets.map((sent) => sent.id))
  const unknown = unknownIn(call, budgets)
  const { rows } = await session.run(NOTE_CALL, [id, unknown.length > 0 ? lastCall : call.number])
  if (rows.length === 0) throw ended(id)
  if (unknown.length > 0) return { unknown }
  const lent = await noteAndMake(kept.make, call, budgets)
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
