import type { UsageQuery } from '../../store.ts'

const groups = {
  key: 'key_id',
  model: 'model',
  day: `strftime('%Y-%m-%d', created_at / 1000.0, 'unixepoch')`,
} satisfies Record<UsageQuery['by'], string>

/**
 * Selects the totals by group. A sum of 64-bit charges can overflow 64 bits and SQLite then gives up: whole dollars and the
 * rest are summed apart.
 */
export const totalsBy = (by: UsageQuery['by'], ofKey: boolean) => `
  SELECT ${groups[by]} AS grp,
    count(*) AS requests,
    count(*) FILTER (WHERE outcome IN ('failed', 'interrupted')) AS failed,
    coalesce(sum(input_tokens), 0) AS input_tokens,
    coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens,
    coalesce(sum(output_tokens), 0) AS output_tokens,
    coalesce(sum(charge_pico / 1000000000000), 0) AS charge_usd,
    coalesce(sum(charge_pico % 1000000000000), 0) AS charge_pico,
    count(*) - count(charge_pico) AS unpriced
  FROM (
    SELECT key_id, created_at, model, outcome, input_tokens, cached_input_tokens, output_tokens, charge_pico FROM ledger
    UNION ALL
    SELECT key_id, created_at, record ->> 'model', record ->> 'outcome', record ->> 'inputTokens',
      record ->> 'cachedInputTokens', record ->> 'outputTokens', charge_pico FROM usage_record
  )
  WHERE created_at >= ? AND created_at < ? ${ofKey ? 'AND key_id = ?' : ''}
  GROUP BY grp ORDER BY grp`
