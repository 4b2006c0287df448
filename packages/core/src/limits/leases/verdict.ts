import { picoUsd } from '../../money.ts'
import type { Holder, OwnerId, RecallAnswer, Shortage } from '../budgets.ts'
import type { Refusal } from '../admission.ts'
import type { LocalLease } from './local-lease.ts'
import type { Waiting } from './waiting.ts'

export interface Exhausted extends Extract<Refusal, { kind: 'exhausted' }> {
  /** Whose word it rests on, beside the store's. */
  readonly heard: ReadonlyMap<OwnerId, RecallAnswer>
}

export type Verdict =
  | { readonly kind: 'exhausted'; readonly refusal: Exhausted }
  /** All that could say more are silent. They are recalled, and nobody waits for it. */
  | { readonly kind: 'unknown'; readonly leases: readonly LocalLease[] }
  /** There is enough: the next call will have it. */
  | { readonly kind: 'ask again' }
  | { readonly kind: 'recall'; readonly leases: readonly LocalLease[] }

/**
 * What becomes of a claim that the store could not grant. It is refused where what is idle here, the store's room, and all that
 * might still be idle with holders that have not said otherwise is less than the claim.
 */
export function verdictOn(
  one: Waiting,
  shortages: ReadonlyMap<string, Shortage>,
  isSilent: (holder: Holder) => boolean,
): Verdict {
  const { amount, leases } = one
  const lacking = leases.filter(({ idle, budget }) => {
    const shortage = shortages.get(budget.id)
    return shortage !== undefined && amount > idle + shortage.room
  })
  if (lacking.length === 0) return { kind: 'ask again' }

  let onlySilence = true
  for (const lease of lacking) {
    const { id } = lease.budget
    const { room = 0n, holders = [] } = shortages.get(id) ?? {}
    const said = one.before.get(id)
    const heard = new Map<OwnerId, RecallAnswer>()
    let mayBeIdle = 0n
    for (const holder of holders) {
      const answer = said?.get(holder.owner)?.answer
      if (answer !== undefined && saysNothing(answer, holder)) {
        heard.set(holder.owner, answer)
        continue
      }
      mayBeIdle += holder.left
      if (!isSilent(holder)) onlySilence = false
    }
    const left = lease.idle + room + mayBeIdle
    if (amount > left) {
      const refusal = { kind: 'exhausted', budget: lease.budget, left: picoUsd(left), heard } as const
      return { kind: 'exhausted', refusal }
    }
  }
  return { kind: onlySilence ? 'unknown' : 'recall', leases: lacking }
}

/** What has come back may have been taken by others, and what was granted since may be idle: such a holder is asked again. */
const saysNothing = (answer: RecallAnswer, { grants }: Holder): boolean =>
  answer.said === 'nothing idle' && answer.grants === grants
