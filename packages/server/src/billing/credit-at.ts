import { parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import type { Store } from '../store/store.ts'
import type { AccountHistory } from './account-history.ts'
import { asIfClosed } from './as-if-closed.ts'
import { allowanceOf } from './fee-lines.ts'
import { gatherFacts, type Terms } from './gather-facts.ts'
import type { GrantLeft } from './invoice-facts.ts'
import { monthOf } from './month.ts'
import { usageAtStart } from './reckon-invoice.ts'
import { forceOf, spend } from './spending.ts'

/** How an account stands in the month of a moment, at that moment. */
export interface CreditStanding {
  /** What its live keys have used of the month. */
  readonly used: PicoUsd
  /** What is left of its allowance. */
  readonly allowanceLeft: PicoUsd
  /** What is left of each grant, whether or not it can be spent then. */
  readonly left: readonly GrantLeft[]
  /** Usage that corrections have taken back and that nothing was used against yet: so much is to be used before anything pays. */
  readonly inFavour: PicoUsd
}

/**
 * Reckons what is left of an account's allowance and credit, as the invoice of the month would have it were it made now: months
 * before it that have no invoice yet are taken as if they were closed now.
 *
 * @param termsOf what is in force for the account in a month
 * @param at now, in ms since the epoch
 * @throws SpekaError `invalid_request` when the account was on a plan of which nothing is known
 */
export async function creditAt(
  store: Pick<Store, 'ledger' | 'invoices'>,
  history: AccountHistory,
  termsOf: (month: string) => Terms,
  at: number,
): Promise<CreditStanding> {
  const month = monthOf(at)
  // Where no month can leave anything to the next, what became of those before need not be reckoned.
  const leavesNothing = history.grants.length + history.adjustments.length + history.issued.length === 0
  const closed = leavesNothing ? history : await asIfClosed(store, history, month, termsOf)
  const facts = await gatherFacts(store.ledger, closed, month, termsOf(month))
  const allowance = allowanceOf(facts.parts, month)
  const { grants, spans } = facts
  const paid = spend({ allowance, grants, spans, atStart: usageAtStart(facts) })
  const spent = new Map(paid.ofGrants.map(({ grant, spent: amount }) => [grant.id, amount]))
  const used = facts.usage.reduce<bigint>((sum, { charge }) => sum + charge, 0n)
  return {
    used: picoUsd(used),
    allowanceLeft: picoUsd(allowance - paid.ofAllowance),
    inFavour: paid.inFavour,
    left: closed.grants.map((grant) => ({
      grant,
      left: picoUsd(parseUsd(grant.usd) - (closed.before.ofGrants.get(grant.id) ?? 0n) - (spent.get(grant.id) ?? 0n)),
    })),
  }
}

/** What an account may use up to in a month that stops at its allowance: what it has used, and all that it has left to pay with. */
export function capOf({ used, allowanceLeft, inFavour, left }: CreditStanding, at: number): PicoUsd {
  let cap = used + allowanceLeft + inFavour
  for (const one of left) {
    const { from, until } = forceOf(one.grant)
    if (from <= at && at < until && one.left > 0n) cap += one.left
  }
  return picoUsd(cap)
}
