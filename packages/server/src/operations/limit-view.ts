import { limitKinds, limitWindows, reachedActions, subjectKinds } from '@speka/core/internal'
import { z } from 'zod'
import type { LimitRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { shownMoment, textOf } from './moments.ts'

/** What a limit limits, as it is shown with its key and by itself. */
const rule = {
  id: z.string(),
  kind: z.enum(limitKinds),
  /** Of `usd` a decimal string, of rates a whole number in digits. */
  limit: z.string(),
  /** `minute`, and `parallel` for what is under way at once, are of rates. */
  window: z.enum([...limitWindows, 'minute', 'parallel']),
  /** A glob of the models it is about; `null`: all. */
  models: z.string().nullable(),
  on_reached: z.enum(reachedActions),
} as const

/** A limit of one key. */
export const limitOfKeyView = z.object(rule)

/** A limit as it is shown. */
export const limitView = z.object({
  ...rule,
  account: z.string(),
  /** Whose requests it counts; without an id each one of its kind has it for itself, or it is the account's. */
  subject: z.object({ kind: z.enum(subjectKinds), id: z.string().nullable() }),
  /** With `fallback`: the models to ask instead. */
  fallback: z.array(z.string()).readonly().nullable(),
  status: z.enum(['active', 'removed']),
  /** `operator`: it is not the account's to change. */
  set_by: z.enum(['operator', 'account']),
  created_at: z.string(),
  removed_at: shownMoment,
  revision: z.number(),
})

export type LimitView = z.output<typeof limitView>

const rateWindows = { rpm: 'minute', rpd: 'day', tpm: 'minute', max_parallel: 'parallel' } as const

export function viewLimitOfKey({ id, rule, models, onReached }: LimitRecord): z.output<typeof limitOfKeyView> {
  const isMoney = rule.kind === 'usd'
  return {
    id,
    kind: rule.kind,
    limit: isMoney ? rule.usd : String(rule.amount),
    window: isMoney ? rule.window : rateWindows[rule.kind],
    models: models ?? null,
    on_reached: onReached,
  }
}

export const viewLimit = ({ record, revision }: Kept<'limit'>): LimitView => ({
  ...viewLimitOfKey(record),
  account: record.account,
  subject: { kind: record.subject.kind, id: record.subject.id ?? null },
  fallback: record.fallback ?? null,
  status: record.removedAt === undefined ? 'active' : 'removed',
  set_by: record.setBy,
  created_at: new Date(record.createdAt).toISOString(),
  removed_at: textOf(record.removedAt),
  revision,
})
