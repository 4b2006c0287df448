import { SpekaError } from '@speka/core'
import type { Plan } from '@speka/core/internal'
import type { ConfiguredKeys } from '../billing/account-history.ts'
import type { BillingTerms } from '../billing/invoice-facts.ts'
import { planAhead, planAt } from '../billing/plan-at.ts'
import { isCallerId } from '../keys/caller-id.ts'
import type { Plans } from '../limits/plan-limits.ts'
import type { AccountRecord, KeyRecord } from '../store/records.ts'
import type { Write } from '../store/registry.ts'
import { id } from './fields.ts'
import type { OperationParts } from './operation.ts'

/** What the configuration says of plans. */
export interface PlansInForce {
  /** All there are but `none`, which limits nothing. */
  readonly plans: Plans
  /** The accounts whose plan it says itself. */
  readonly planOf: ReadonlyMap<string, string>
  /** How many keys stand in it. They belong to the account `default`. */
  readonly configuredKeys: number
  /** Who sells, and what tax is on it. Default: nobody has said. */
  readonly billing?: BillingTerms | undefined
  /** What those keys are called, and which are test keys. Default: there are none. */
  readonly keys?: ConfiguredKeys | undefined
}

/** The name of a plan. Whether there is such a one, {@link findPlan} says. */
export const plan = id

/**
 * A plan by its name; `undefined` for `none`, which limits nothing.
 *
 * @throws SpekaError `invalid_value` when there is no such plan
 */
export async function findPlan({ plans }: OperationParts, name: string): Promise<Plan | undefined> {
  if (name === 'none') return undefined
  const known = (await plans()).plans
  const found = known.get(name)
  if (found !== undefined) return found
  throw new SpekaError('invalid_value', `plan must be one of ${['none', ...known.keys()].join(', ')}, not "${name}".`, {
    param: 'plan',
  })
}

/** Refuses to change by hand what the configuration says. @throws SpekaError `invalid_value` */
export async function refuseConfigured({ plans }: OperationParts, account: string): Promise<void> {
  const said = (await plans()).planOf.get(account)
  if (said === undefined) return
  throw new SpekaError(
    'invalid_value',
    `The plan of ${account} stands in the configuration, as ${said}: change accounts.${account}.plan there.`,
  )
}

/** A plan that an account is on or will be on, and from when, in ms since the epoch. */
interface HeededPlan {
  readonly plan: Plan | undefined
  readonly from: number
  readonly isAhead: boolean
}

/**
 * The plans that a new key has to fit: the one in force, and the one that comes next.
 *
 * @throws SpekaError `invalid_value` when the configuration does not know one of them any more
 */
async function heededPlans(parts: OperationParts, account: AccountRecord): Promise<HeededPlan[]> {
  const now = parts.now()
  const ahead = planAhead(account, now)
  const current = { plan: await findPlan(parts, planAt(account, now)), from: now, isAhead: false }
  if (ahead === undefined) return [current]
  return [current, { plan: await findPlan(parts, ahead.plan), from: ahead.from, isAhead: true }]
}

/**
 * Refuses an account to have more keys than a plan that it is to be put on.
 *
 * @param from when that begins, in ms since the epoch: keys that will have ended by then do not count.
 * @throws SpekaError `invalid_value` with what to do
 */
export const refuseTooMany = (
  parts: OperationParts,
  account: Pick<AccountRecord, 'id'>,
  plan: Plan | undefined,
  from: number,
): Promise<void> => refuseBeyond(parts, account, { plan, from, isAhead: false }, 0)

async function refuseBeyond(
  { store, plans }: OperationParts,
  account: Pick<AccountRecord, 'id'>,
  { plan, from, isAhead }: HeededPlan,
  more: number,
): Promise<void> {
  if (plan?.keys === undefined) return
  const kept = await store.registry.list('key', { account: account.id })
  const configured = account.id === 'default' ? (await plans()).configuredKeys : 0
  const there = configured + kept.filter(({ record }) => !isCallerId(record.id) && isInUse(record, from)).length
  if (there + more <= plan.keys) return
  const has = plan.keys === 1 ? '1 key' : `${plan.keys} keys`
  const begins = isAhead ? `, which begins at ${new Date(from).toISOString()},` : ''
  const remedy = 'Revoke a key that is not needed, or take a larger plan: speka accounts plan ID PLAN'
  throw new SpekaError(
    'invalid_value',
    `The plan ${plan.id}${begins} has ${has}, and ${account.id} has ${there}. ${remedy}`,
  )
}

/**
 * Refuses one key more than an account may have by its plan, or by the one that comes next.
 *
 * @returns whether a plan counts them: then the account is to be written with that key, so that of two who do so at the same time
 *   one finds it changed
 * @throws SpekaError `invalid_value`
 */
export async function refuseOneMore(parts: OperationParts, account: AccountRecord): Promise<boolean> {
  const heeded = await heededPlans(parts, account)
  for (const one of heeded) await refuseBeyond(parts, account, one, 1)
  return heeded.some(({ plan }) => plan?.keys !== undefined)
}

/**
 * The same of an account by its id.
 *
 * @returns the account to write with that key, where its plan counts them
 * @throws SpekaError `invalid_value`
 */
export async function roomForOneMore(parts: OperationParts, account: string): Promise<Write<'account'>[]> {
  const before = await parts.store.registry.get('account', account)
  if (before === undefined) return []
  const isCounted = await refuseOneMore(parts, before.record)
  return isCounted ? [{ kind: 'account', before, after: before.record }] : []
}

/** Whether a key counts as one: one that was replaced does not, though it may have a while to go. */
export const isInUse = ({ revokedAt, replacedBy, expiresAt }: KeyRecord, now: number): boolean =>
  revokedAt === undefined && replacedBy === undefined && (expiresAt === undefined || expiresAt > now)
