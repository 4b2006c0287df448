import type { Plan } from '@speka/core/internal'
import type { AccountRecord } from '../store/records.ts'
import { DEFAULT_ACCOUNT } from '../store/store.ts'
import type { ConfiguredKeys } from './account-history.ts'
import type { Terms } from './gather-facts.ts'
import type { BillingTerms } from './invoice-facts.ts'
import { monthOf } from './month.ts'

/** Who sells where the configuration says nothing of billing. */
export const unnamedSeller: BillingTerms = { seller: { name: 'The operator of this gateway' }, taxes: [] }

/** What the configuration says that invoices depend on. */
export interface BillingInForce {
  readonly billing: BillingTerms
  readonly plans: ReadonlyMap<string, Plan>
  /** The accounts whose plan it says itself. */
  readonly planOf: ReadonlyMap<string, string>
  /** Keys that stand in it. They belong to the account `default`. */
  readonly keys: ConfiguredKeys
}

const noKeys: ConfiguredKeys = { names: new Map(), testKeys: [] }

/** The keys of an account that stand in no store. */
export const configuredKeysOf = ({ keys }: BillingInForce, { id }: AccountRecord): ConfiguredKeys =>
  id === DEFAULT_ACCOUNT ? keys : noKeys

/**
 * What is in force for one account and month. A plan that the configuration says holds from the month on in which that is said;
 * what was before stands in the account's own record.
 */
export const termsFor = (
  { billing, plans, planOf }: BillingInForce,
  { id }: AccountRecord,
  month: string,
  now: number,
): Terms => ({ billing, plans, configuredPlan: month >= monthOf(now) ? planOf.get(id) : undefined })
