import type { Books } from './books.ts'
import type { Amount, BudgetId, Denied, LeaseCall } from './messages.ts'
import type { Rules } from './rules.ts'

/** With several owners, a lease is this part of an owner's share of the room, unless the request needs more. */
const SLICES = 2

/**
 * Grants what a call wants, request by request: every budget of a request, or none of them.
 *
 * @param debts - What the owner has just been lent for what its rows had charged already.
 */
export function grant(
  books: Books,
  { owner, wants: asked }: LeaseCall,
  debts: ReadonlyMap<BudgetId, Amount>,
  rules: Rules,
): { denied: Denied[]; given: Map<BudgetId, Amount> } {
  const owners = [...books.owners.values()].filter(({ state }) => state === 'alive').length
  const given = new Map<BudgetId, Amount>()
  /** Only where a neighbour's need counts although it was not met, which the rules forbid. */
  const taken = new Map<BudgetId, Amount>()
  const room = (budget: BudgetId): Amount => books.room(budget) - (taken.get(budget) ?? 0)

  const wants = asked.map(({ request, lacks }) => ({
    request,
    lacks: new Map([...lacks].map(([budget, lack]) => [budget, Math.max(0, lack - (debts.get(budget) ?? 0))])),
  }))
  const unmet = wants.filter(({ lacks }) => {
    if ([...lacks].some(([budget, lack]) => room(budget) < lack)) {
      if (!rules['neighbours-take-nothing']) {
        for (const [budget, lack] of lacks) taken.set(budget, (taken.get(budget) ?? 0) + lack)
      }
      return true
    }
    for (const [budget, lack] of lacks) {
      const share = owners > 1 ? Math.floor(room(budget) / (SLICES * owners)) : room(budget)
      const amount = Math.max(lack, share)
      const lease = books.lease(owner, budget)
      lease.granted += amount
      lease.number += 1
      given.set(budget, (given.get(budget) ?? 0) + amount)
    }
    return false
  })
  const denied = unmet.map(({ request, lacks }) => ({
    request,
    budgets: new Map(
      [...lacks].map(([budget, lack]) => [
        budget,
        {
          room: rules['neighbours-take-nothing'] ? room(budget) : room(budget) + lack,
          holders: books.holders(budget),
        },
      ]),
    ),
  }))
  return { denied, given }
}
