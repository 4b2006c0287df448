import type { PicoUsd } from '@speka/core'

/** What a side says was used. `undefined`: it does not say. */
export interface Used {
  readonly requests: number | undefined
  readonly input: number | undefined
  readonly output: number | undefined
  readonly cost: PicoUsd | undefined
}

/** How something in the export and something in the ledger stand to each other. */
export const verdicts = ['matched', 'different', 'missing_in_ledger', 'missing_in_export', 'double'] as const

export type Verdict = (typeof verdicts)[number]

/** Something that is not in both alike. */
export interface Difference {
  readonly verdict: Exclude<Verdict, 'matched'>
  /** The line of the export, of several the first; `undefined`: it has none. */
  readonly line: number | undefined
  /** The provider's id; `undefined` of a sum. */
  readonly id: string | undefined
  /** The id of the ledger's record; `undefined`: there is none, or it is a sum. */
  readonly request: string | undefined
  /** In ms since the epoch. */
  readonly at: number | undefined
  readonly model: string | undefined
  /** Why it may well differ, in a word: how the request ended, `estimated`, `capped`. */
  readonly note: string | undefined
  readonly exported: Used | undefined
  readonly ledger: Used | undefined
}

/** What is compared, and how closely. */
export interface Measure {
  readonly compare: readonly ('cost' | 'tokens')[]
  /** By how much a cost may differ. */
  readonly tolerance: PicoUsd
}

/** Whether both say the same, as far as both say something. */
export function isAlike(exported: Used, ledger: Used, { compare, tolerance }: Measure): boolean {
  if (
    compare.includes('tokens') &&
    !(areEqual(exported.input, ledger.input) && areEqual(exported.output, ledger.output))
  )
    return false
  if (!compare.includes('cost') || exported.cost === undefined || ledger.cost === undefined) return true
  return size(exported.cost - ledger.cost) <= tolerance
}

const areEqual = (one: number | undefined, other: number | undefined): boolean =>
  one === undefined || other === undefined || one === other

/** How much money it is about. */
export const atStake = ({ exported, ledger }: Difference): bigint => size((exported?.cost ?? 0n) - (ledger?.cost ?? 0n))

/** How many tokens it is about. */
export const tokensAtStake = ({ exported, ledger }: Difference): number =>
  Math.abs(tokensOf(exported) - tokensOf(ledger))

const tokensOf = (used: Used | undefined): number => (used?.input ?? 0) + (used?.output ?? 0)
const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount)
