import { formatUsd } from '@speka/core'
import { z } from 'zod'
import type { UsageTotals } from '../store/store.ts'
import { moment, oneOf, word } from './fields.ts'
import { operation } from './operation.ts'

/** The sums over one group of usage records. */
export interface UsageView {
  /** A key id, a model id or a UTC day; `null` for records that have none. */
  readonly group: string | null
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
}

/** What was used and what it cost, added up by group. */
export const totalUsage = operation({
  right: 'usage.read',
  input: z.strictObject({
    by: oneOf(['key', 'model', 'day']),
    /** Only what arrived at this moment or later. */
    since: moment.optional(),
    /** Only what arrived before this moment. */
    until: moment.optional(),
    key_id: word.optional(),
  }),
  run: async ({ store }, { by, since, until, key_id: keyId }): Promise<UsageView[]> =>
    (await store.ledger.totals({ by, since, until, keyId })).map(usageView),
})

const usageView = (totals: UsageTotals): UsageView => ({
  group: totals.group ?? null,
  requests: totals.requests,
  failed: totals.failed,
  input_tokens: totals.inputTokens,
  cached_input_tokens: totals.cachedInputTokens,
  output_tokens: totals.outputTokens,
  cost_usd: formatUsd(totals.charge),
  unpriced: totals.unpriced,
})
