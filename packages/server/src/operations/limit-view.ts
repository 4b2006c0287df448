import { formatUsd } from '@speka/core'
import {
  limitKinds,
  limitWindows,
  reachedActions,
  subjectKinds,
  type AppliedMoney,
  type Limit,
  budgetsNow,
  type KnownBudget,
} from '@speka/core/internal'
import { z } from 'zod'
import { limitOf } from '../limits/limit-of.ts'
import type { LimitRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { shownMoment, textOf } from './moments.ts'
import type { OperationParts } from './operation.ts'

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
  /** Of money that is counted in one place: what its window has spent, what is set aside, and what is left. `null`: no such. */
  spent_usd: z.string().nullable(),
  held_usd: z.string().nullable(),
  left_usd: z.string().nullable(),
  /** When its window ends; `null`: never, or it has none. */
  resets_at: shownMoment,
  /** How many requests it has refused in the last 24 hours. */
  refused_last_day: z.number(),
  created_at: z.string(),
  removed_at: shownMoment,
  revision: z.number(),
})

export type LimitView = z.output<typeof limitView>

const DAY_MS = 86_400_000

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

/** Limits as they are shown, with where they stand. */
export async function viewLimits(
  { store, now }: Pick<OperationParts, 'store' | 'now'>,
  limits: readonly Kept<'limit'>[],
): Promise<LimitView[]> {
  if (limits.length === 0) return []
  const at = now()
  const [known, refused] = await Promise.all([
    budgetsNow(limits.flatMap(appliedAlone), store.budgets, at),
    store.refusals.byLimit(at - DAY_MS),
  ])
  const standings = new Map(known.map((one) => [one.budget.applied.limit.id, one]))
  return limits.map((kept) => viewOf(kept, standings.get(kept.record.id), refused.get(kept.record.id)))
}

/** One of them. */
export async function viewLimit(parts: Pick<OperationParts, 'store' | 'now'>, kept: Kept<'limit'>): Promise<LimitView> {
  const [view] = await viewLimits(parts, [kept])
  if (view === undefined) throw new TypeError('a limit has a view')
  return view
}

/** A limit on money in force that is counted in one place, as it applies there. */
function appliedAlone(kept: Kept<'limit'>): AppliedMoney[] {
  const { id, account, subject, removedAt } = kept.record
  const limit = limitOf(kept)
  if (removedAt !== undefined || !isOfMoney(limit)) return []
  if (subject.id === undefined && subject.kind !== 'account') return []
  return [{ limit, place: id, subjectId: subject.id ?? account }]
}

const isOfMoney = (limit: Limit): limit is AppliedMoney['limit'] => limit.rule.kind === 'usd'

const viewOf = ({ record, revision }: Kept<'limit'>, known: KnownBudget | undefined, refused = 0): LimitView => ({
  ...viewLimitOfKey(record),
  account: record.account,
  subject: { kind: record.subject.kind, id: record.subject.id ?? null },
  fallback: record.fallback ?? null,
  status: record.removedAt === undefined ? 'active' : 'removed',
  set_by: record.setBy,
  spent_usd: known === undefined ? null : formatUsd(known.spent),
  held_usd: known === undefined ? null : formatUsd(known.held),
  left_usd: known === undefined ? null : formatUsd(known.remaining),
  resets_at: known === undefined || known.budget.endsAt === Infinity ? null : textOf(known.budget.endsAt),
  refused_last_day: refused,
  created_at: new Date(record.createdAt).toISOString(),
  removed_at: textOf(record.removedAt),
  revision,
})
