import { picoUsd } from '@speka/core'
import type { UsageTotals } from '../store.ts'
import type { SqlRow } from './usage-record-table.ts'

/** The totals of one group, as `totalsBy` selected them. */
export function decodeTotals(row: SqlRow): UsageTotals {
  const dollars = BigInt(row['charge_usd'] ?? 0)
  return {
    group: row['grp'] === null ? undefined : String(row['grp']),
    requests: Number(row['requests']),
    failed: Number(row['failed']),
    inputTokens: Number(row['input_tokens']),
    cachedInputTokens: Number(row['cached_input_tokens']),
    outputTokens: Number(row['output_tokens']),
    charge: picoUsd(dollars * 1_000_000_000_000n + BigInt(row['charge_pico'] ?? 0)),
    unpriced: Number(row['unpriced']),
  }
}
