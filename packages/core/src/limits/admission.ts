import type { PicoUsd } from '../money.ts'
import type { Budget } from './budgets.ts'

/** What is to be set aside for a request, in each of its budgets alike. */
export interface Claim {
  readonly amount: PicoUsd
  readonly budgets: readonly Budget[]
}

/** Money is set aside in every budget of the request. It ends once, by `settle` or by `release`. */
export interface Hold {
  readonly amount: PicoUsd
  /** By which the row says in which budgets it counts. */
  readonly budgetNumbers: readonly number[]
  /**
   * Sets more aside, at once when that suffices in memory.
   *
   * @returns whether it could; `unknown` when what is left cannot be known.
   */
  grow(by: PicoUsd): GrowOutcome | Promise<GrowOutcome>
  /**
   * The row is about to be sent: until `settled` all of the charge stays set aside.
   *
   * @param budgets in which it counts. Some of the hold's may be missing, whose models did not answer; others may be among them in
   *   which nothing was set aside: they never refuse, or were made since. Default: the hold's.
   */
  charge(charge: PicoUsd, budgets?: readonly Budget[]): void
  /** The store has answered: the charge is spent, the rest is free. */
  settled(): void
  /** Nothing came of the request, and nothing is charged. */
  release(): void
}

export type GrowOutcome = 'held' | 'exhausted' | 'unknown'

/** Why money was not set aside. */
export type Refusal =
  /** A budget has not enough left, whoever else is asked: below zero where a cap came down below what is spent. */
  | { readonly kind: 'exhausted'; readonly budget: Budget; readonly left: PicoUsd }
  /** What is left cannot be known: a holder is silent, or the store does not answer. */
  | { readonly kind: 'unknown'; readonly budget: Budget }

/** The gateway's side of leases: one object for a process. At once when memory suffices, which is the usual case. */
export interface Admission {
  /**
   * A claim in no budget is held at once: the charge of its request may count in some all the same.
   *
   * @param signal the caller has left: the claim waits no longer.
   */
  admit(claim: Claim, signal?: AbortSignal): Hold | Refusal | Promise<Hold | Refusal>
  /**
   * By which numbers rows say that they count in these budgets, in their order, whether or not there is a lease of them. At once
   * when they are known, which is the usual case: of a hold's budgets they are.
   *
   * @throws SpekaError `storage_unavailable` when nobody can tell them.
   */
  numbers(budgets: readonly Budget[]): readonly number[] | Promise<readonly number[]>
  /** What is idle of a budget in this process; `undefined`: it has no lease of it. */
  idle(budget: Budget): PicoUsd | undefined
  /** What this process has set aside of a budget. */
  held(budgetId: string): PicoUsd
  /** Gives back what is idle, in good order, before the process ends. */
  close(): Promise<void>
}

export const isRefusal = (outcome: Hold | Refusal): outcome is Refusal => 'kind' in outcome
