import { picoUsd } from '@speka/core'
import { countNames, type CountName } from '@speka/core/internal'
import type { UsageQuery, UsageTotals } from '../store.ts'
import { demandFew, groupsAsked } from '../usage-groups.ts'
import { inOrder } from './group-order.ts'
import { widthOf, type PackedTotals } from './grouped-sums.ts'
import { chargeIn, costIn, numberIn } from './sums.ts'
import { SUMS } from './sum-columns.ts'

/** The totals that a query asks for, sorted, as the thread that has the projections added them up. */
export function totalsOf(query: UsageQuery, packed: PackedTotals): UsageTotals[] {
  demandFew(query, packed.size)
  const [width, depth] = [widthOf(packed), groupsAsked(query).length]
  const counts = countNames.flatMap((name) => {
    const at = packed.counts.indexOf(name)
    return at === -1 ? [] : [{ name, at: SUMS.length + at }]
  })
  const isList = typeof query.by !== 'string'
  const all: UsageTotals[] = []
  for (const index of inOrder(packed, depth)) {
    const groups: (string | undefined)[] = []
    for (let at = index * depth; at < (index + 1) * depth; at += 1) groups.push(packed.names[packed.groups[at] ?? 0])
    all.push(oneOf(packed, index * width, counts, groups, isList))
  }
  return all
}

function oneOf(
  { sums }: PackedTotals,
  start: number,
  counts: readonly { readonly name: CountName; readonly at: number }[],
  groups: readonly (string | undefined)[],
  isList: boolean,
): UsageTotals {
  const totals: { -readonly [Field in keyof UsageTotals]: UsageTotals[Field] } = {
    group: groups[0],
    requests: numberIn(sums, start, 'requests'),
    failed: numberIn(sums, start, 'failed'),
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    charge: picoUsd(chargeIn(sums, start)),
    unpriced: numberIn(sums, start, 'unpriced'),
    cost: picoUsd(costIn(sums, start)),
  }
  if (isList) totals.groups = groups
  for (const { name, at } of counts) {
    const count = sums[start + at] ?? 0
    if (count > 0) totals[name] = count
  }
  return totals
}
