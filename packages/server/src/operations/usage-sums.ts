import { formatUsd, picoUsd } from '@speka/core'
import { z } from 'zod'
import type { UsageTotals } from '../store/store.ts'

const count = z.number()

/** The sums over requests, as pages show them. */
export const usageSums = z.object({
  requests: count,
  /** Requests that ended in an error for the caller. */
  failed: count,
  input_tokens: count,
  /** The part of `input_tokens` that was read from a cache. */
  cached_input_tokens: count,
  output_tokens: count,
  /** What the requests with a known price cost, in US dollars: exact. */
  cost_usd: z.string(),
  /** Requests whose cost is not known, and so missing from `cost_usd`. */
  unpriced: count,
  /** What attempts cost the operator, in US dollars, as far as that is known: shown to the operator alone. */
  upstream_cost_usd: z.string().optional(),
})

type Summed = Pick<
  UsageTotals,
  'requests' | 'failed' | 'inputTokens' | 'cachedInputTokens' | 'outputTokens' | 'charge' | 'unpriced' | 'cost'
>

/** @param shows.cost whether what it cost the operator is to be seen */
export const viewSums = (sums: Summed, shows: { readonly cost: boolean }): z.output<typeof usageSums> => ({
  requests: sums.requests,
  failed: sums.failed,
  input_tokens: sums.inputTokens,
  cached_input_tokens: sums.cachedInputTokens,
  output_tokens: sums.outputTokens,
  cost_usd: formatUsd(sums.charge),
  unpriced: sums.unpriced,
  ...(shows.cost && { upstream_cost_usd: formatUsd(sums.cost) }),
})

/** The sums of several groups as those of one. */
export function sumTotals(totals: readonly Summed[]): Summed {
  const sum = (value: (one: Summed) => number): number => totals.reduce((all, one) => all + value(one), 0)
  return {
    requests: sum((one) => one.requests),
    failed: sum((one) => one.failed),
    inputTokens: sum((one) => one.inputTokens),
    cachedInputTokens: sum((one) => one.cachedInputTokens),
    outputTokens: sum((one) => one.outputTokens),
    charge: picoUsd(totals.reduce((all, { charge }) => all + charge, 0n)),
    unpriced: sum((one) => one.unpriced),
    cost: picoUsd(totals.reduce((all, { cost }) => all + cost, 0n)),
  }
}
