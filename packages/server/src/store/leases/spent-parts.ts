import type { SubjectKind } from '@speka/core/internal'

/** Whose requests a budget counts, and in which window. */
export interface BudgetWindow {
  readonly id: string
  readonly kind: SubjectKind
  readonly subjectId: string
  readonly account: string
  /** In ms since the epoch, at the beginning of a day. */
  readonly from: number
  readonly until: number
  /** Whether only what live keys used counts; with the test keys that stand in no registry. */
  readonly liveKeysOnly?: { readonly testKeys: readonly string[] } | undefined
  /** Whether only some models count. */
  readonly ofModels: boolean
}

/** What requests of one model charged; `undefined`: no model, or whichever. */
export type ModelCharge = readonly [model: string | undefined, charge: bigint]

/** What was spent of a budget, in the parts that it is kept in. */
export interface SpentParts {
  /** What rows that name the budget charged, all there are. */
  readonly charged: bigint
  /** Set aside for requests under way, as owners have told. */
  readonly held: bigint
  /** What rows that do not name it charged: final, or else still to be added up of {@link window}. */
  readonly before: bigint | undefined
  readonly window: WindowParts | undefined
}

/** What a budget's window had spent without rows that name the budget: all of it, of the models that count, less these rows. */
export interface WindowParts {
  readonly all: readonly ModelCharge[]
  readonly naming: bigint
}
