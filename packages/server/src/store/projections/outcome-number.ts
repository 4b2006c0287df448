import type { Outcome } from '@speka/core'

/** Outcomes as the index over requests keeps them. Complete is 0: nearly all are, so no index holds those. */
export const outcomeNumbers: Readonly<Record<Outcome, number>> = {
  complete: 0,
  interrupted: 1,
  failed: 2,
  cancelled: 3,
}

/** One that a newer version wrote is like none that can be asked for. */
const UNKNOWN = 4

export const outcomeNumber = (outcome: string): number => numbers.get(outcome) ?? UNKNOWN

const numbers: ReadonlyMap<string, number> = new Map(Object.entries(outcomeNumbers))
