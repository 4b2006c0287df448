import { formatUsd, picoUsd } from '@speka/core'
import { parseSignedUsd } from './signed-usd.ts'
import type { UsageLine } from './usage-lines.ts'

/** Lines of one group, with what they come to. */
export interface UsageGroup<Inner> {
  readonly name: string
  readonly amount_usd: string
  readonly inner: readonly Inner[]
}

/** Usage by team, within it by key, within it by model, in the order in which they first occur. */
export type UsageTree = readonly UsageGroup<UsageGroup<UsageGroup<UsageLine>>>[]

/** Groups lines of usage as an invoice shows them. Ids tell groups apart: two keys of one name stay two. */
export const usageTree = (lines: readonly UsageLine[]): UsageTree =>
  grouped(lines, ({ team }) => [team?.id, team?.name ?? 'No team']).map((team) => ({
    ...team,
    inner: grouped(team.inner, ({ key }) => [key?.id, key?.name ?? 'No key']).map((key) => ({
      ...key,
      inner: grouped(key.inner, ({ model }) => [model ?? undefined, model ?? 'No model']),
    })),
  }))

function grouped(
  lines: readonly UsageLine[],
  by: (line: UsageLine) => readonly [id: string | undefined, name: string],
): UsageGroup<UsageLine>[] {
  const groups = new Map<string | undefined, { name: string; inner: UsageLine[] }>()
  for (const line of lines) {
    const [id, name] = by(line)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, { name, inner: [line] })
    else group.inner.push(line)
  }
  return [...groups.values()].map((group) => ({ ...group, amount_usd: sumOf(group.inner) }))
}

/** What lines come to, exactly. */
export const sumOf = (lines: readonly { readonly amount_usd: string }[]): string =>
  formatUsd(picoUsd(lines.reduce((sum, { amount_usd: amount }) => sum + parseSignedUsd(amount), 0n)))
