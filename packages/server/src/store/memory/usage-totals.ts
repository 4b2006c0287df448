import { picoUsd, type UsageRecord } from '@speka/core'
import { countNames, type CountName } from '@speka/core/internal'
import type { LabelSet } from '../registry.ts'
import type { UsageGroup, UsageQuery, UsageTotals } from '../store.ts'
import { compareGroups, demandFew, groupsAsked } from '../usage-groups.ts'

/** What an account has put on a key, by its number in the record. */
export type LabelsOf = (id: number) => LabelSet

/** The sums over the records that a query asks for, sorted by group. */
export function addUp(records: Iterable<UsageRecord>, query: UsageQuery, labels: LabelsOf): UsageTotals[] {
  const by = groupsAsked(query)
  const totals = new Map<string, UsageTotals>()
  for (const record of records) {
    if (!matches(record, query)) continue
    for (const groups of groupsOf(record, by, labels)) {
      const name = JSON.stringify(groups)
      const listed = typeof query.by === 'string' ? undefined : groups
      totals.set(name, add(totals.get(name) ?? nothing(groups[0], listed), record))
    }
  }
  demandFew(query, totals.size)
  return [...totals.values()].sort((a, b) => compareGroups(a.groups ?? [a.group], b.groups ?? [b.group]))
}

function matches(record: UsageRecord, query: UsageQuery): boolean {
  const { since = -Infinity, until = Infinity, keyId, account, model, provider, customer } = query
  const wanted = { keyId, account, model, provider, customer }
  return (
    record.createdAt >= since &&
    record.createdAt < until &&
    (Object.keys(wanted) as (keyof typeof wanted)[]).every(
      (field) => wanted[field] === undefined || wanted[field] === record[field],
    )
  )
}

/** All groups that a record counts in: one, but for several tags. */
function groupsOf(record: UsageRecord, by: readonly UsageGroup[], labels: LabelsOf): (string | undefined)[][] {
  let groups: (string | undefined)[][] = [[]]
  for (const each of by) {
    const names = namesOf[each](record, labels)
    groups = groups.flatMap((before) => names.map((name) => [...before, name]))
  }
  return groups
}

const namesOf: Readonly<
  Record<UsageGroup, (record: UsageRecord, labels: LabelsOf) => readonly (string | undefined)[]>
> = {
  key: ({ keyId }) => [keyId],
  model: ({ model }) => [model],
  day: ({ createdAt }) => [new Date(createdAt).toISOString().slice(0, 10)],
  hour: ({ createdAt }) => [`${new Date(createdAt).toISOString().slice(0, 13)}:00Z`],
  team: (record, labels) => [labels(record.labels ?? 0).team],
  environment: (record, labels) => [labels(record.labels ?? 0).environment],
  member: (record, labels) => [labels(record.labels ?? 0).member],
  customer: ({ customer }) => [customer],
  tag: (record, labels) => {
    const { tags = [] } = labels(record.labels ?? 0)
    return tags.length === 0 ? [undefined] : tags
  },
  account: ({ account }) => [account],
  provider: ({ provider }) => [provider],
}

const nothing = (group: string | undefined, groups: UsageTotals['groups']): UsageTotals => ({
  group,
  ...(groups === undefined ? {} : { groups }),
  requests: 0,
  failed: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  charge: picoUsd(0n),
  unpriced: 0,
  cost: picoUsd(0n),
})

function add(totals: UsageTotals, { outcome, usage, charge, attempts }: UsageRecord): UsageTotals {
  const counts: { -readonly [Name in CountName]?: number } = {}
  for (const name of countNames) {
    const count = usage[name] ?? 0
    if (count > 0) counts[name] = (totals[name] ?? 0) + count
  }
  return {
    ...totals,
    ...counts,
    requests: totals.requests + 1,
    failed: totals.failed + (outcome === 'failed' || outcome === 'interrupted' ? 1 : 0),
    charge: picoUsd(totals.charge + (charge ?? 0n)),
    unpriced: totals.unpriced + (charge === undefined ? 1 : 0),
    cost: picoUsd(attempts.reduce((sum, { cost = 0n }) => sum + cost, BigInt(totals.cost))),
  }
}
