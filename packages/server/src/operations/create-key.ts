import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { planAt } from '../billing/plan-at.ts'
import { createKeyRecord } from '../keys/create-key.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { newAccount } from './account-view.ts'
import { changeBy } from './change.ts'
import { id, keyLimits, moment, name, oneOf } from './fields.ts'
import { checkLabels, keyLabels } from './key-labels.ts'
import { newKeyView, viewKey, type NewKeyView } from './key-view.ts'
import { limitsOfNew, limitsOfNewKey } from './limits-of-key.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountOf } from './own-account.ts'
import { plan, refuseOneMore } from './plans.ts'

const input = z.strictObject({
  name,
  /** Default: one's own. */
  account: id.optional(),
  /** That of the account. An operator who names a plan and no account gets an account of the key's name on that plan. */
  plan: plan.optional(),
  /** A `test` key reaches only the sandbox. */
  mode: oneOf(['live', 'test']).default('live'),
  team: keyLabels.team.optional(),
  member: keyLabels.member.optional(),
  environment: keyLabels.environment.optional(),
  tags: keyLabels.tags.optional(),
  /** Globs of the models it may use. Default: all. */
  models: keyLimits.models.optional(),
  /** What it may ask for, such as `chat`. Default: everything. */
  endpoints: keyLimits.endpoints.optional(),
  /** Which providers may answer it. Default: all. */
  providers: keyLimits.providers.optional(),
  /** How much it may use. Default: as much as its account. */
  limits: limitsOfNewKey.optional(),
  /** Default: never. */
  expires_at: moment.optional(),
})

/** Makes a virtual key. The key itself is in what is returned here, and nowhere else. */
export const createKey = operation({
  right: 'keys.write',
  input,
  output: newKeyView,
  async run(parts, wanted, actor): Promise<NewKeyView> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await make(parts, actor, wanted)
      } catch (error) {
        if (!SpekaError.is(error) || error.code !== 'conflict' || tries === MOST_TRIES) throw error
      }
    }
  },
})

/** How often it is tried when others make keys of an account whose plan counts them. */
const MOST_TRIES = 20

async function make(parts: OperationParts, actor: Actor, wanted: z.output<typeof input>): Promise<NewKeyView> {
  const { store, pepper, now } = parts
  const at = now()
  const { expires_at: expiresAt, models, endpoints, providers, mode, tags, team, member, environment } = wanted
  refusePast('expires_at', expiresAt, at)
  const { account, before } = await accountOfKey(parts, actor, wanted, at)
  await checkLabels(parts, actor, { account: account.id, team, member })
  const isCounted = await refuseOneMore(parts, account)
  const limits = { models, endpoints, providers }
  const made = createKeyRecord(
    { name: wanted.name, account: account.id, mode, team, member, environment, tags, limits, expiresAt },
    await pepper(),
    at,
  )
  const write = { kind: 'key', after: made.record } as const
  // Of a plan that counts keys written as it was: whoever makes another at the same time tries again, and finds this one.
  const isWritten = before === undefined || isCounted
  const accounts = isWritten ? [{ kind: 'account', before, after: account } as const] : []
  const writes = [write, ...accounts, ...limitsOfNew(actor, made.record, wanted.limits)] as const
  const [kept] = await store.registry.change(writes, changeBy(actor, 'key.create', at))
  return { key: made.key, ...(await viewKey(parts, kept)) }
}

/** @throws SpekaError `invalid_value` */
export function refusePast(param: string, moment: number | undefined, now: number): void {
  if (moment !== undefined && moment <= now)
    throw new SpekaError('invalid_value', `${param} is in the past.`, { param })
}

/** The account that a new key will belong to, and what there is of it already. */
async function accountOfKey(
  parts: OperationParts,
  actor: Actor,
  { account, plan, name }: z.output<typeof input>,
  at: number,
): Promise<{ account: AccountRecord; before: Kept<'account'> | undefined }> {
  if (actor.kind === 'operator' && account === undefined && plan !== undefined)
    return { account: newAccount({ name, plan }, at), before: undefined }
  const before = await accountOf(parts, actor, account)
  const { record } = before
  const current = planAt(record, at)
  if (plan !== undefined && plan !== current)
    throw new SpekaError('invalid_value', `plan must be that of the account, ${current}.`, { param: 'plan' })
  return { account: record, before }
}
