import { formatUsd } from '@speka/core'
import { z } from 'zod'
import { unitEntries } from '@speka/core/internal'
import { usageGroups, type UsageGroup, type UsageTotals } from '../store/store.ts'
import { moment, severalOf, word } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, findOwn } from './own-account.ts'

/** The sums over one group of usage records. */
export interface UsageView {
  /** An id, a name, a day or an hour in UTC; `null` for records that have none. Of several, the first. */
  readonly group: string | null
  /** Of several: all, by what they are. */
  readonly groups?: Readonly<Record<string, string | null>>
  readonly requests: number
  readonly failed: number
  readonly input_tokens: number
  /** The part of `input_tokens` that was read from a cache. */
  readonly cached_input_tokens: number
  readonly output_tokens: number
  /** What the requests with a known price cost, in US dollars. */
  readonly cost_usd: string
  /** Requests whose cost is not known, and so missing from `cost_usd`. */
  readonly unpriced: number
  /** What attempts cost the operator, in US dollars, where anything is known of it. */
  readonly upstream_cost_usd?: string
  /** Other units, under the names of their totals, where they occur. */
  readonly [total: string]: unknown
}

/** What was used and what it cost, added up by group. */
export const totalUsage = operation({
  right: 'usage.read',
  input: z.strictObject({
    /** One, or several with commas between. */
    by: severalOf(usageGroups),
    /** Only what arrived at this moment or later. */
    since: moment.optional(),
    /** Only what arrived before this moment. */
    until: moment.optional(),
    key_id: word.optional(),
    account: word.optional(),
    model: word.optional(),
    provider: word.optional(),
    customer: word.optional(),
  }),
  async run(parts, { key_id: keyId, account: asked, ...query }, actor): Promise<UsageView[]> {
    const account = await accountToList(parts, actor, asked)
    // Of the operator's keys some are in the configuration alone.
    if (actor.kind === 'account' && keyId !== undefined) await findOwn(parts, actor, 'key', keyId)
    const totals = await parts.store.ledger.totals({ ...query, keyId, account })
    // What it costs the operator is none of an account's business.
    const cost = actor.kind === 'operator' ? costView : () => ({})
    return totals.map((sums) => ({ ...usageView(sums, query.by), ...cost(sums) }))
  },
})

const USUAL: ReadonlySet<string> = new Set(['input', 'cached_input', 'output'])
const OTHER_UNITS = unitEntries.filter(({ unit }) => !USUAL.has(unit))

const usageView = (totals: UsageTotals, by: readonly UsageGroup[]): UsageView => ({
  group: totals.group ?? null,
  ...(by.length === 1
    ? {}
    : { groups: Object.fromEntries(by.map((group, index) => [group, totals.groups?.[index] ?? null])) }),
  requests: totals.requests,
  failed: totals.failed,
  input_tokens: totals.inputTokens,
  cached_input_tokens: totals.cachedInputTokens,
  output_tokens: totals.outputTokens,
  cost_usd: formatUsd(totals.charge),
  unpriced: totals.unpriced,
  ...Object.fromEntries(
    OTHER_UNITS.flatMap(({ count, total }) => (totals[count] === undefined ? [] : [[total, totals[count]]])),
  ),
})

const costView = ({ cost }: UsageTotals): Partial<UsageView> =>
  cost === 0n ? {} : { upstream_cost_usd: formatUsd(cost) }
