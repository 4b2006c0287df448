import type { PicoUsd } from '@speka/core'
import type { BilledMonth, BilledUsage } from '../store/billed-usage.ts'
import type { AccountRecord, AdjustmentRecord, GrantRecord } from '../store/records.ts'
import type { PlanPrice } from './plan-versions.ts'

/** A part of a month in which one plan was in force, at one price; the parts of a month neither overlap nor leave a gap. */
export interface PlanPart {
  /** The name of the plan; `none` has no fee and no allowance. */
  readonly name: string
  readonly plan: PlanPrice | undefined
  /** In ms since the epoch: from when, until before when. */
  readonly from: number
  readonly until: number
}

/** What was spent between two moments at which credit begins or ends, the oldest first; a month without any is one. */
export interface UsageSpan {
  readonly from: number
  readonly until: number
  readonly charge: PicoUsd
}

/** A grant, and what invoices before this one have left of it. */
export interface GrantLeft {
  readonly grant: GrantRecord
  readonly left: PicoUsd
}

/** Who sells, as the configuration has it. */
export interface Seller {
  readonly name: string
  readonly address?: string | undefined
  readonly country?: string | undefined
  readonly taxId?: string | undefined
}

/** The tax of buyers in one country. */
export interface TaxRate {
  /** Two letters, as ISO 3166-1 has them. */
  readonly country: string
  /** In percent, as a decimal string with at most four decimals: `19`. */
  readonly rate: string
  /** Whether buyers who name a tax id owe it in place of the seller: then none is charged, and the invoice says so. */
  readonly reverseCharge: boolean
}

/** What a configuration says of invoices. */
export interface BillingTerms {
  readonly seller: Seller
  readonly taxes: readonly TaxRate[]
}

/** All that the invoice of an account and month depends on: the same facts make the same invoice. */
export interface InvoiceFacts {
  readonly account: AccountRecord
  /** `YYYY-MM` */
  readonly month: string
  readonly terms: BillingTerms
  readonly parts: readonly PlanPart[]
  readonly usage: readonly BilledUsage[]
  /** The same usage in spans of time; its sum is that of `usage`. */
  readonly spans: readonly UsageSpan[]
  /** What came of earlier months behind their invoices and stands on none yet, the oldest month first. */
  readonly late: readonly BilledMonth[]
  /** Those of this month. */
  readonly adjustments: readonly AdjustmentRecord[]
  /** Those that can be spent in this month. */
  readonly grants: readonly GrantLeft[]
  /** Names of keys and teams by their ids. */
  readonly names: ReadonlyMap<string, string>
}
