import { z } from 'zod'
import { alertKinds, type KeptAlert } from '../store/alerts.ts'
import { id, moment, whole } from './fields.ts'
import { shownMoment, textOf } from './moments.ts'
import { operation } from './operation.ts'
import { accountToList } from './own-account.ts'

/** An alert, and whether those who wanted to know have been told. */
export const alertView = z.object({
  n: z.number(),
  /** Which receivers know it by. */
  id: z.string(),
  type: z.enum(alertKinds),
  at: z.string(),
  /** `null`: it is the operator's alone. */
  account: z.string().nullable(),
  /** What happened: its fields are those of its type. */
  data: z.record(z.string(), z.unknown()),
  /** One for each webhook. Where they are is the operator's to know: for others there are none. */
  deliveries: z.array(
    z.object({
      host: z.string(),
      state: z.enum(['waiting', 'delivered', 'failed']),
      attempts: z.number(),
      /** Why the last attempt failed; `null`: none has. */
      trouble: z.string().nullable(),
      ended_at: shownMoment,
    }),
  ),
})

export type AlertView = z.output<typeof alertView>

/** Alerts, the newest first. Who belongs to an account sees those about it. */
export const listAlerts = operation({
  right: 'alerts.read',
  input: z.strictObject({
    account: id.optional(),
    /** Only from this moment on. */
    since: moment.optional(),
    /** Only those before the one with this number. */
    after: whole(0, Number.MAX_SAFE_INTEGER).optional(),
    limit: whole(1, 1000).optional(),
  }),
  output: z.array(alertView),
  async run(parts, { account: asked, ...query }, actor) {
    const account = await accountToList(parts, actor, asked)
    const alerts = await parts.store.alerts.list({ ...query, account })
    return alerts.map((alert) => viewAlert(alert, actor.kind === 'operator'))
  },
})

const viewAlert = (
  { n, id: alertId, kind, at, account, body, deliveries }: KeptAlert,
  isOperator: boolean,
): AlertView => ({
  n,
  id: alertId,
  type: kind,
  at: new Date(at).toISOString(),
  account: account ?? null,
  data: sent.parse(JSON.parse(body)).data,
  deliveries: isOperator
    ? deliveries.map(({ host, state, attempts, trouble, endedAt }) => ({
        host,
        state,
        attempts,
        trouble: trouble ?? null,
        ended_at: textOf(endedAt),
      }))
    : [],
})

/** What a receiver gets, as far as it matters here. */
const sent = z.object({ data: z.record(z.string(), z.unknown()) })
