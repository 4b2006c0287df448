import { DatabaseSync } from 'node:sqlite'

const HOUR_MS = 3_600_000
import type { Store, UsageGroup, UsageTotals } from '../../packages/server/src/store/store.ts'

/** What is added up of each group, by nothing that the store adds up with. */
interface Sum {
  requests: number
  failed: number
  unpriced: number
  charge: bigint
  cost: bigint
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  reasoningTokens: number
}

/** A row as plain SQL gives it. */
interface Row {
  readonly created_at: number
  readonly account: string
  readonly key_id: string | null
  readonly charge_pico: bigint | number | null
  readonly record: string
}

interface Told {
  readonly model?: string
  readonly provider?: string
  readonly customer?: string
  readonly outcome: string
  readonly attempts: readonly { readonly cost?: string | number }[]
  readonly [count: string]: unknown
}

/** The groups that are compared: each with what a row is called in it. */
const GROUPS: readonly { readonly by: readonly UsageGroup[]; readonly of: (row: Row, told: Told) => unknown[] }[] = [
  { by: ['hour', 'model', 'key'], of: (row, told) => [hourOf(row), told.model, row.key_id] },
  { by: ['day', 'account', 'customer'], of: (row, told) => [hourOf(row).slice(0, 10), row.account, told.customer] },
  { by: ['provider', 'key'], of: (row, told) => [told.provider, row.key_id] },
  { by: ['account'], of: (row) => [row.account] },
]

/**
 * Adds up every row of the file in JavaScript, and holds each sum of the store to it.
 *
 * @returns how many sums were compared, and those that differ.
 */
export async function recompute(file: string, { ledger }: Store): Promise<{ compared: number; differ: string[] }> {
  const sums = GROUPS.map(() => new Map<string, Sum>())
  const db = new DatabaseSync(file, { readOnly: true })
  const select = db.prepare('SELECT created_at, account, key_id, charge_pico, record FROM usage_record')
  for (const row of select.iterate() as unknown as Iterable<Row>) {
    const told = JSON.parse(row.record) as Told
    for (const [index, { of }] of GROUPS.entries()) add(sums[index], nameOf(of(row, told)), row, told)
  }
  db.close()
  let compared = 0
  const differ: string[] = []
  for (const [index, { by }] of GROUPS.entries()) {
    const told = await ledger.totals({ by })
    const wanted = sums[index] ?? new Map<string, Sum>()
    if (told.length !== wanted.size) differ.push(`${by.join()}: ${told.length} groups, ${wanted.size} of the rows`)
    for (const totals of told) {
      const name = nameOf(totals.groups ?? [totals.group])
      for (const [what, value] of Object.entries(wanted.get(name) ?? noSum())) {
        compared += 1
        const kept = totals[what as keyof UsageTotals] ?? 0
        if (kept !== value)
          differ.push(`${by.join()} ${name}: ${what} is ${String(kept)}, the rows say ${String(value)}`)
      }
    }
  }
  return { compared, differ }
}

const nameOf = (groups: readonly unknown[]): string => JSON.stringify(groups.map((group) => group ?? null))

const hourOf = ({ created_at: at }: Row): string => `${new Date(at - (at % HOUR_MS)).toISOString().slice(0, 13)}:00Z`

const noSum = (): Sum => ({
  requests: 0,
  failed: 0,
  unpriced: 0,
  charge: 0n,
  cost: 0n,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
})

function add(sums: Map<string, Sum> | undefined, name: string, row: Row, told: Told): void {
  let sum = sums?.get(name)
  if (sum === undefined) {
    sum = noSum()
    sums?.set(name, sum)
  }
  sum.requests += 1
  if (told.outcome === 'failed' || told.outcome === 'interrupted') sum.failed += 1
  if (row.charge_pico === null) sum.unpriced += 1
  else sum.charge += BigInt(row.charge_pico)
  for (const { cost } of told.attempts) if (cost !== undefined) sum.cost += BigInt(cost)
  for (const count of ['inputTokens', 'cachedInputTokens', 'outputTokens', 'reasoningTokens'] as const)
    sum[count] += Number(told[count] ?? 0)
}
