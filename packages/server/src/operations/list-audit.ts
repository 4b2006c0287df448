import { z } from 'zod'
import type { AuditEntry } from '../store/audit.ts'
import { demandFeature } from './features.ts'
import { id, moment, whole } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList } from './own-account.ts'

/** What was done to one record, as it is shown. */
export const auditView = z.object({
  n: z.number(),
  at: z.string(),
  /** `operator:cli`, `operator:admin_token`, or the id of a token. */
  actor: z.string(),
  action: z.string(),
  kind: z.string(),
  id: z.string(),
  /** `null`: it belongs to none. */
  account: z.string().nullable(),
  /** The record before and after; `null`: it was not there. */
  before: z.unknown(),
  after: z.unknown(),
  hash: z.string(),
})

export type AuditView = z.output<typeof auditView>

/**
 * What was changed, by whom, in the order in which it was. Who belongs to an account sees what is about that account, if its
 * plan has the audit.
 *
 * @throws SpekaError `permission_denied`
 */
export const listAudit = operation({
  right: 'audit.read',
  input: z.strictObject({
    account: id.optional(),
    /** Only from this moment on. */
    since: moment.optional(),
    /** Only behind the entry with this number. */
    after: whole(0, Number.MAX_SAFE_INTEGER).optional(),
    limit: whole(1, 1000).optional(),
  }),
  output: z.array(auditView),
  async run(parts, { account: asked, ...query }, actor) {
    await demandFeature(parts, actor, 'audit')
    const account = await accountToList(parts, actor, asked)
    return (await parts.store.audit.list({ ...query, account })).map(viewEntry)
  },
})

const viewEntry = ({ n, at, actor, action, kind, object, account, before, after, hash }: AuditEntry): AuditView => ({
  n,
  at: new Date(at).toISOString(),
  actor,
  action,
  kind,
  id: object,
  account: account === '' ? null : account,
  before: before === null ? null : JSON.parse(before),
  after: JSON.parse(after),
  hash,
})
