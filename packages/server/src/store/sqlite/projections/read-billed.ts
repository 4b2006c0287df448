import type { SQLOutputValue } from 'node:sqlite'
import type { BilledUsageQuery } from '../../billed-usage.ts'
import type { PricedUsage } from '../../priced-usage.ts'
import { monthName, readMonth } from '../../projections/month-number.ts'
import type { PricedMonth } from '../../projections/projector-questions.ts'
import { TEST_KEY_ID } from '../../test-key-id.ts'
import type { Readers } from './read-totals.ts'
import { amountIn } from '../../projections/sums.ts'
import { DOLLAR } from '../../projections/sum-columns.ts'
import { quoted } from './tables.ts'

/** What is to be billed to an account for a month; one of each team may be in several parts, by its other labels. */
export function readBilled(readers: Readers, { account, month, withoutKeys }: BilledUsageQuery): PricedUsage[] {
  const { projections, texts, labels, counts } = readers
  const [ofAccount, ofMonth] = [texts.find(account), readMonth(month)]
  if (ofAccount === undefined || ofMonth === undefined) return []
  const columns = ['key', 'labels', 'model', 'price', 'requests', 'charge_usd', 'charge_pico', ...counts].map(quoted)
  const rows = projections
    .prepare(
      `SELECT ${columns.join(', ')} FROM usage_price WHERE account = ? AND month = ? ${notOf(readers, withoutKeys)}`,
    )
    .all(ofAccount, ofMonth)
  return rows.map((row) => ({
    keyId: texts.textOf(Number(row['key'])),
    team: labels(Number(row['labels'])).team,
    model: texts.textOf(Number(row['model'])),
    price: texts.textOf(Number(row['price'])),
    requests: Number(row['requests']),
    counts: Object.fromEntries(counts.map((name) => [name, Number(row[name])])),
    charge: chargeOf(row),
  }))
}

export function readBilledMonths(
  readers: Readers,
  account: string,
  withoutKeys: readonly string[] | undefined,
): PricedMonth[] {
  const { projections, texts } = readers
  const ofAccount = texts.find(account)
  if (ofAccount === undefined) return []
  const rows = projections
    .prepare(
      `SELECT month, sum(requests) AS requests,
         sum(charge_usd) + sum(charge_pico) / ${DOLLAR} AS charge_usd, sum(charge_pico) % ${DOLLAR} AS charge_pico
       FROM usage_price WHERE account = ? ${notOf(readers, withoutKeys)} GROUP BY month ORDER BY month`,
    )
    .all(ofAccount)
  return rows.map((row) => ({
    month: monthName(Number(row['month'])),
    requests: Number(row['requests']),
    charge: chargeOf(row),
  }))
}

const chargeOf = (row: Readonly<Record<string, SQLOutputValue>>): bigint =>
  amountIn([Number(row['charge_usd']), Number(row['charge_pico'])], 0)

/** Not of these keys, nor of those that say by themselves that they are test keys. Such as have no number have no rows. */
function notOf({ texts }: Readers, keys: readonly string[] = []): string {
  const numbers = [...keys.flatMap((id) => texts.find(id) ?? []), ...texts.findBeginning(TEST_KEY_ID)]
  return numbers.length === 0 ? '' : `AND "key" NOT IN (${numbers.join(', ')})`
}
