import { SpekaError } from '@speka/core'
import type { Plan } from '@speka/core/internal'
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

/**
 * Refuses more keys than a plan has.
 *
 * @param more how many are to be made. Default: none, and what there is must fit.
 * @throws SpekaError `invalid_value` with the plan's name and what to do
 */
export async function refuseTooMany(
  { store, plans, now }: OperationParts,
  account: Pick<AccountRecord, 'id'>,
  plan: Plan | undefined,
  more = 0,
): Promise<void> {
  if (plan?.keys === undefined) return
  const at = now()
  const kept = await store.registry.list('key', { account: account.id })
  const configured = account.id === 'default' ? (await plans()).configuredKeys : 0
  const there = configured + kept.filter(({ record }) => isInUse(record, at)).length
  if (there + more <= plan.keys) return
  const has = plan.keys === 1 ? '1 key' : `${plan.keys} keys`
  const remedy = 'Revoke a key that is not needed, or take a larger plan: speka accounts plan ID PLAN'
  throw new SpekaError('invalid_value', `The plan ${plan.id} has ${has}, and ${account.id} has ${there}. ${remedy}`)
}

/**
 * Refuses one key more than the plan of an account has.
 *
 * @returns the account to write with that key, where its plan counts them: of two who do so at the same time one finds it changed
 * @throws SpekaError `invalid_value`
 */
export async function roomForOneMore(parts: OperationParts, account: string): Promise<Write<'account'>[]> {
  const before = await parts.store.registry.get('account', account)
  if (before === undefined) return []
  const plan = await findPlan(parts, before.record.plan)
  await refuseTooMany(parts, before.record, plan, 1)
  return plan?.keys === undefined ? [] : [{ kind: 'account', before, after: before.record }]
}

/** Whether a key counts as one: one that was replaced does not, though it may have a while to go. */
export const isInUse = ({ revokedAt, replacedBy, expiresAt }: KeyRecord, now: number): boolean =>
  revokedAt === undefined && replacedBy === undefined && (expiresAt === undefined || expiresAt > now)
