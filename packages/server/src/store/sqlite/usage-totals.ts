import { picoUsd } from '@speka/core'
import { countNames, type CountName } from '@speka/core/internal'
import type { UsageQuery, UsageTotals } from '../store.ts'
import type { GroupSums } from './projections/read-totals.ts'
import { chargeIn, costIn, numberIn } from './projections/sums.ts'
import { SUMS } from './projections/tables.ts'

/** The totals of one group, as the thread that has the projections added them up. */
export function totalsOf({ by }: UsageQuery, { groups, sums }: GroupSums): UsageTotals {
  const counts: { [Name in CountName]?: number } = {}
  for (const [index, name] of countNames.entries()) {
    const count = sums[SUMS.length + index] ?? 0
    if (count > 0) counts[name] = count
  }
  return {
    group: groups[0],
    ...(typeof by === 'string' ? {} : { groups }),
    requests: numberIn(sums, 'requests'),
    failed: numberIn(sums, 'failed'),
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    ...counts,
    charge: picoUsd(chargeIn(sums)),
    unpriced: numberIn(sums, 'unpriced'),
    cost: picoUsd(costIn(sums)),
  }
}
