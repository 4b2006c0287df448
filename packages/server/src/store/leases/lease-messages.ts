/** A lease call on its way to the thread: of a budget only what the tables need. */

/** What a budget's window had spent before rows began to name it, and whether that may still grow. */
export interface SpentBefore {
  readonly amount: bigint
  readonly isFinal: boolean
}

export interface SentBudget {
  readonly id: string
  readonly cap: bigint
  readonly revision: number
  /** Whether all processes know of its limit by now, so that what it had spent before is final once it is added up. */
  readonly isKnown: boolean
  /** As far as it is known to the sender. */
  readonly before: SpentBefore | undefined
}

export interface SentHolding {
  /** Its place among the budgets of the call. */
  readonly budget: number
  readonly granted: bigint
  readonly held: bigint
  readonly ends: boolean
}

export interface SentWant {
  readonly lacks: readonly { readonly budget: number; readonly amount: bigint }[]
}

export interface SentCall {
  readonly number: number
  /** Each once. */
  readonly budgets: readonly SentBudget[]
  readonly has: readonly SentHolding[]
  readonly wants: readonly SentWant[]
}

/** As a `Lease` of the seam, but for the type of its amounts. */
export interface AnsweredLease {
  readonly budgetId: string
  readonly budgetNumber: number
  readonly granted: bigint
  readonly grants: number
  readonly recalled: bigint
}

export interface AnsweredHolder {
  readonly owner: number
  readonly left: bigint
  readonly grants: number
  readonly heard: number
}

export interface AnsweredShortage {
  readonly budgetId: string
  readonly room: bigint
  readonly holders: readonly AnsweredHolder[]
}

export type LeaseAnswer =
  | {
      readonly owner: number
      readonly has: readonly AnsweredLease[]
      readonly shortages: readonly (readonly AnsweredShortage[] | undefined)[]
    }
  /** Not carried out: of these budgets it must be known first what they had spent before. */
  | { readonly unknown: readonly string[] }
