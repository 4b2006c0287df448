import { picoUsd } from '@speka/core'
import type { UsageRecord } from '@speka/core'
import type { UsageQuery, UsageTotals } from '../store.ts'
import { compare } from './compare.ts'

/** The sums over the records that a query asks for, sorted by group. */
export function addUp(records: Iterable<UsageRecord>, query: UsageQuery): UsageTotals[] {
  const groups = new Map<string | undefined, UsageTotals>()
  for (const record of records) {
    if (!matches(record, query)) continue
    const group = groupOf(record, query.by)
    groups.set(group, add(groups.get(group) ?? nothing(group), record))
  }
  return [...groups.values()].sort((a, b) => compare(a.group ?? '', b.group ?? ''))
}

function matches(record: UsageRecord, { since = -Infinity, until = Infinity, keyId }: UsageQuery): boolean {
  return record.createdAt >= since && record.createdAt < until && (keyId === undefined || record.keyId === keyId)
}

function groupOf(record: UsageRecord, by: UsageQuery['by']): string | undefined {
  if (by === 'key') return record.keyId
  if (by === 'model') return record.model
  return new Date(record.createdAt).toISOString().slice(0, 10)
}

const nothing = (group: string | undefined): UsageTotals => ({
  group,
  requests: 0,
  failed: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  charge: picoUsd(0n),
  unpriced: 0,
})

const add = (totals: UsageTotals, { outcome, usage, charge }: UsageRecord): UsageTotals => ({
  group: totals.group,
  requests: totals.requests + 1,
  failed: totals.failed + (outcome === 'failed' || outcome === 'interrupted' ? 1 : 0),
  inputTokens: totals.inputTokens + (usage.inputTokens ?? 0),
  cachedInputTokens: totals.cachedInputTokens + (usage.cachedInputTokens ?? 0),
  outputTokens: totals.outputTokens + (usage.outputTokens ?? 0),
  charge: picoUsd(totals.charge + (charge ?? 0n)),
  unpriced: totals.unpriced + (charge === undefined ? 1 : 0),
})
