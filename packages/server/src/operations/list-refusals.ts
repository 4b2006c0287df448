import { z } from 'zod'
import type { KeptRefused } from '../store/refusals.ts'
import { id, moment, whole, word } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, findOwn } from './own-account.ts'

/** Requests of one key that one limit has refused in one minute. */
export const refusalView = z.object({
  n: z.number(),
  /** When the minute began. */
  at: z.string(),
  account: z.string(),
  key_id: z.string(),
  /** Of a plan and of the configuration there are limits that are in no list: their ids begin with `lim_plan_`, `lim_config_`. */
  limit_id: z.string(),
  /** Whose limit it is, as the caller was told: `key`, `account`, `each customer`. */
  subject: z.string(),
  kind: z.string(),
  window: z.string(),
  /** How many requests. */
  refused: z.number(),
})

export type RefusalView = z.output<typeof refusalView>

/** Who was refused by which limit, and when: the newest first, each minute by itself. Who belongs to an account sees its own. */
export const listRefusals = operation({
  right: 'limits.read',
  input: z.strictObject({
    account: id.optional(),
    key_id: word.optional(),
    limit_id: word.optional(),
    /** Only from this moment on. */
    since: moment.optional(),
    /** Only those before the one with this number. */
    after: whole(0, Number.MAX_SAFE_INTEGER).optional(),
    /** Default: 1000. */
    limit: whole(1, 1000).default(1000),
  }),
  output: z.array(refusalView),
  async run({ store }, { account: asked, key_id: keyId, limit_id: limitId, ...query }, actor) {
    const account = await accountToList({ store }, actor, asked)
    // Of the operator's keys some are in the configuration alone.
    if (actor.kind === 'account' && keyId !== undefined) await findOwn({ store }, actor, 'key', keyId)
    const refused = await store.refusals.list({ ...query, keyId, limitId, account })
    return refused.map(viewRefused)
  },
})

const viewRefused = ({
  n,
  minute,
  account,
  keyId,
  limitId,
  subject,
  kind,
  window,
  refused,
}: KeptRefused): RefusalView => ({
  n,
  at: new Date(minute).toISOString(),
  account,
  key_id: keyId,
  limit_id: limitId,
  subject,
  kind,
  window,
  refused,
})
