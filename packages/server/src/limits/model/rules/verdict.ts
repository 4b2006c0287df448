import type { Life } from './life.ts'
import type { BudgetId, Denied, Holder, OwnerId } from './messages.ts'
import type { Outcome } from './seams.ts'
import type { Waiting } from './waiting.ts'

export type Verdict =
  | Extract<Outcome, { kind: 'refused' }>
  /** All that could say more are silent. They are recalled, and nobody waits for it. */
  | { readonly kind: 'unknown'; readonly budgets: readonly BudgetId[] }
  /** There is enough: the next call will have it. */
  | { readonly kind: 'ask again' }
  | { readonly kind: 'recall'; readonly budgets: readonly BudgetId[] }

/**
 * What becomes of a claim that the store could not grant. It is refused where what is idle here, the store's room, and all that
 * might still be idle with holders that have not said otherwise is less than the claim.
 */
export function verdictOn(one: Waiting, denied: Denied, life: Life, isSilent: (holder: Holder) => boolean): Verdict {
  const { claim } = one
  const { rules } = life.around
  const answers = rules['answers-count-before-the-attempt'] ? one.before : one.answers
  const lacking = claim.budgets.filter(
    (budget) => claim.amount > life.purse.idle(budget) + (denied.budgets.get(budget)?.room ?? Infinity),
  )
  if (lacking.length === 0) return { kind: 'ask again' }

  const saysNothing = (budget: BudgetId, { owner, number }: Holder): boolean => {
    const answer = answers.get(budget)?.get(owner)
    if (answer === undefined) return false
    if (rules['returned-means-ask-again'] && answer.says !== 'nothing idle') return false
    return answer.number === number || !rules['granted-since-means-ask-again']
  }

  let onlySilence = true
  for (const budget of lacking) {
    const { room = 0, holders = [] } = denied.budgets.get(budget) ?? {}
    const open = holders
      .filter((holder) => holder.owner !== life.owner && !saysNothing(budget, holder))
      .filter((holder) => rules['silence-is-not-nothing'] || !isSilent(holder))
    const mayBeIdle = rules['recall-before-refusal'] ? open.reduce((sum, { left }) => sum + left, 0) : 0
    if (claim.amount > life.purse.idle(budget) + room + mayBeIdle) {
      const evidence = new Map<OwnerId, number>()
      for (const holder of holders) {
        const answer = answers.get(budget)?.get(holder.owner)
        if (answer !== undefined && saysNothing(budget, holder)) evidence.set(holder.owner, answer.recall.id)
      }
      return { kind: 'refused', budget, evidence }
    }
    if (!open.every(isSilent)) onlySilence = false
  }
  return { kind: onlySilence ? 'unknown' : 'recall', budgets: lacking }
}
