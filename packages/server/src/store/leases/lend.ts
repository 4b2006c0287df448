import { letGo, roomOf, type KeptBudget } from './kept-budget.ts'
import type { SentHolding } from './lease-messages.ts'

/** With several owners, a lease is this part of an owner's share of the room, unless a request needs more. */
const SLICES = 2n

/** What a request lacks of a budget. */
export interface Lack {
  readonly budget: KeptBudget
  /** Beside what its owner has idle. */
  readonly amount: bigint
  /** That, less what its owner has just been lent for what its rows had charged. */
  readonly lack: bigint
}

/** What was lent in the same call beyond what the requests before lacked, by budget: those behind lack as much less. */
export type Spare = Map<KeptBudget, bigint>

/** The one whose call is carried out. */
export interface Borrower {
  readonly owner: number
  /** The call's number. */
  readonly call: number
  /** How many owners are alive. */
  readonly alive: number
}

/**
 * Sets what an owner was granted to what it says that it has.
 *
 * @returns what it has been lent for what its rows had charged beyond that: an upstream that ignored its bound.
 */
export function hear(budget: KeptBudget, owner: number, { granted, ends }: SentHolding): bigint {
  const lease = budget.leases.get(owner)
  if (lease === undefined) return 0n
  if (ends) {
    letGo(budget, owner)
    return 0n
  }
  const has = lease.granted < granted ? lease.granted : granted
  const debt = lease.charged > has ? lease.charged - has : 0n
  lease.granted = has + debt
  return debt
}

/** What an owner says that it has set aside, of a lease as well that the same call has made. */
export function noteHeld({ leases }: KeptBudget, owner: number, { held, ends }: SentHolding): void {
  const lease = leases.get(owner)
  if (lease !== undefined && !ends) lease.held = held
}

/** Whether a budget has too little for what a request lacks. To lack nothing is never too much. */
export const isShort = ({ budget, amount, lack }: Lack, spare: Spare): boolean =>
  amount > 0n && roomOf(budget) + (spare.get(budget) ?? 0n) < lack

/**
 * Grants what one request lacks: in every budget, or in none. A share is lent once in a call, however many requests are in it: else the first
 * crowd would take all that there is, and others would have to recall it.
 *
 * @returns whether it did.
 */
export function grant(lacks: readonly Lack[], { owner, call, alive }: Borrower, spare: Spare): boolean {
  if (lacks.some((one) => isShort(one, spare))) return false
  for (const { budget, lack } of lacks) {
    const left = spare.get(budget)
    if (left !== undefined && left >= lack) {
      spare.set(budget, left - lack)
      continue
    }
    const needed = lack - (left ?? 0n)
    const lease = budget.leases.get(owner) ?? { granted: 0n, held: 0n, charged: 0n, grants: 0 }
    const room = roomOf(budget)
    const share = alive > 1 ? room / (SLICES * BigInt(alive)) : room
    const lent = share > needed ? share : needed
    lease.granted += lent
    lease.grants = call
    budget.leases.set(owner, lease)
    spare.set(budget, lent - needed)
  }
  return true
}
