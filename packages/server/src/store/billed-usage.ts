import type { Counts, PicoUsd, Price } from '@speka/core'

/** Which usage is to be billed. */
export interface BilledUsageQuery {
  readonly account: string
  /** `YYYY-MM`, by arrival and in UTC. */
  readonly month: string
  /**
   * Leaves out the rows of these keys. The ledger cannot tell test keys, which no invoice has: whoever asks says which they are.
   */
  readonly withoutKeys?: readonly string[] | undefined
}

/**
 * What usage of one account and month cost, by all that an invoice tells apart: one for each key, team, model and row of a
 * price, sorted by these, what has none first. The counts say how much is charged of each unit, so that count × rate, added up, is the charge exactly. Requests
 * that were charged otherwise (never more than a call can cost, …) are one without a price and without counts.
 */
export interface BilledUsage {
  readonly keyId: string | undefined
  /** The team that the key had then. */
  readonly team: string | undefined
  readonly model: string | undefined
  /** The row of the price that charged them, with its source. */
  readonly price: Price | undefined
  /** Requests with a known charge, but for those that cost nothing because nothing usable was delivered. */
  readonly requests: number
  /** Of each unit, how many are charged at its rate: those of a prompt without the ones that a cache had, and so on. */
  readonly counts: Counts
  readonly charge: PicoUsd
}

/** What all usage of one month cost. */
export interface BilledMonth {
  readonly month: string
  readonly requests: number
  readonly charge: PicoUsd
}
