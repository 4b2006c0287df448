import { formatUsd, parseUsd } from '@speka/core'
import { z } from 'zod'
import { unitEntries } from '@speka/core/internal'
import { shareOf } from '../billing/round-cents.ts'
import { usageGroups, type UsageGroup, type UsageTotals } from '../store/store.ts'
import { markup, moment, severalOf, word } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, findOwn } from './own-account.ts'

const count = z.number()

/** The sums over one group of usage records. */
export const usageView = z
  .object({
    /** An id, a name, a day or an hour in UTC; `null` for records that have none. Of several, the first. */
    group: z.string().nullable(),
    /** Of several: all, by what they are. */
    groups: z.record(z.string(), z.string().nullable()).optional(),
    requests: count,
    failed: count,
    input_tokens: count,
    /** The part of `input_tokens` that was read from a cache. */
    cached_input_tokens: count,
    output_tokens: count,
    /** What the requests with a known price cost, in US dollars. */
    cost_usd: z.string(),
    /** The same with a mark-up, where one was asked for: to the pico-dollar, half to even. */
    marked_up_usd: z.string().optional(),
    /** Requests whose cost is not known, and so missing from `cost_usd`. */
    unpriced: count,
    /** What attempts cost the operator, in US dollars, where anything is known of it. */
    upstream_cost_usd: z.string().optional(),
  })
  // Other units, under the names of their totals, where they occur.
  .catchall(z.unknown())

export type UsageView = z.output<typeof usageView>

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
    /** In percent: what to put on top of each cost. */
    markup: markup.optional(),
  }),
  output: z.array(usageView),
  async run(parts, { key_id: keyId, account: asked, markup: percent, ...query }, actor): Promise<UsageView[]> {
    const account = await accountToList(parts, actor, asked)
    // Of the operator's keys some are in the configuration alone.
    if (actor.kind === 'account' && keyId !== undefined) await findOwn(parts, actor, 'key', keyId)
    const totals = await parts.store.ledger.totals({ ...query, keyId, account, most: parts.mostGroups })
    // What it costs the operator is none of an account's business.
    const cost = actor.kind === 'operator' ? costView : () => ({})
    const resale = percent === undefined ? () => ({}) : resaleView(percent)
    return totals.map((sums) => ({ ...viewOf(sums, query.by), ...resale(sums), ...cost(sums) }))
  },
})

const USUAL: ReadonlySet<string> = new Set(['input', 'cached_input', 'output'])
const OTHER_UNITS = unitEntries.filter(({ unit }) => !USUAL.has(unit))

const viewOf = (totals: UsageTotals, by: readonly UsageGroup[]): UsageView => ({
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

const HUNDRED_PERCENT = parseUsd('100')

/** What whoever sells on asks for the same usage. A percentage is read as an amount of money is: exactly. */
function resaleView(percent: string): (sums: UsageTotals) => Partial<UsageView> {
  const share = HUNDRED_PERCENT + parseUsd(percent)
  return ({ charge }) => ({ marked_up_usd: formatUsd(shareOf(charge, share, HUNDRED_PERCENT)) })
}
