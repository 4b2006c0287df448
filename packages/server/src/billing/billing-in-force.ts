import type { AccountRecord } from '../store/records.ts'
import type { Registry } from '../store/registry.ts'
import { DEFAULT_ACCOUNT } from '../store/store.ts'
import type { ConfiguredKeys } from './account-history.ts'
import type { Terms } from './gather-facts.ts'
import type { BillingTerms } from './invoice-facts.ts'
import { monthOf } from './month.ts'
import { planVersions, type PlanPrice, type PlanVersions } from './plan-versions.ts'

/** Who sells where the configuration says nothing of billing. */
export const unnamedSeller: BillingTerms = { seller: { name: 'The operator of this gateway' }, taxes: [] }

/** What the configuration says, and has said, that invoices depend on. */
export interface BillingInForce {
  readonly billing: BillingTerms
  /** Every version of each plan. */
  readonly plans: PlanVersions
  /** The accounts whose plan it says itself. */
  readonly planOf: ReadonlyMap<string, string>
  /** Keys that stand in it. They belong to the account `default`. */
  readonly keys: ConfiguredKeys
}

const noKeys: ConfiguredKeys = { names: new Map(), testKeys: [] }

/** What the configuration says of it at this moment. */
export interface BillingSaid extends Pick<BillingInForce, 'planOf'> {
  readonly plans: ReadonlyMap<string, PlanPrice>
  /** Default: nobody has said who sells. */
  readonly billing?: BillingTerms | undefined
  /** Default: there are none. */
  readonly keys?: ConfiguredKeys | undefined
}

/** What invoices depend on: what the configuration says now, and what plans were before. @param now in ms since the epoch */
export async function readInForce(
  registry: Pick<Registry, 'list'>,
  { plans, planOf, billing = unnamedSeller, keys = noKeys }: BillingSaid,
  now: number,
): Promise<BillingInForce> {
  const kept = (await registry.list('plan')).map(({ record }) => record)
  return { planOf, billing, keys, plans: planVersions(plans, kept, now) }
}

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
