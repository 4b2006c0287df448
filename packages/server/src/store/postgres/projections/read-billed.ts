import type { BilledUsageQuery } from '../../billed-usage.ts'
import type { PricedUsage } from '../../priced-usage.ts'
import { monthName, readMonth } from '../../projections/month-number.ts'
import type { PricedMonth } from '../../projections/projector-questions.ts'
import { statement } from '../session.ts'
import { COUNT_COLUMNS } from '../tables/projections.ts'
import { knownTestKeys } from './known-test-keys.ts'
import { numberOf, type Readers } from './readers.ts'
import { quoted } from './sum-tables.ts'

const BILLED = statement(`
  SELECT key, labels, model, price, sum(requests) AS requests, sum(charge) AS charge,
    ${COUNT_COLUMNS.map((name) => `sum(${quoted(name)}) AS ${quoted(name)}`).join(', ')}
  FROM usage_price WHERE account = $1 AND month = $2 AND key <> ALL ($3::bigint[]) GROUP BY key, labels, model, price`)
const MONTHS = statement(`
  SELECT month, sum(requests) AS requests, sum(charge) AS charge
  FROM usage_price WHERE account = $1 AND key <> ALL ($2::bigint[]) GROUP BY month ORDER BY month`)

/** What is to be billed to an account for a month; one of each team may be in several parts, by its other labels. */
export async function readBilled(
  readers: Readers,
  { account, month, withoutKeys = [] }: BilledUsageQuery,
): Promise<PricedUsage[]> {
  const { session, texts, labels } = readers
  const [ofAccount, ofMonth] = [await numberOf(readers, account), readMonth(month)]
  if (ofAccount === undefined || ofMonth === undefined) return []
  const { rows } = await session.run(BILLED, [ofAccount, ofMonth, await notOf(readers, ofAccount, withoutKeys)])
  const names = await texts.textsOf(
    session,
    rows.flatMap(({ key, model, price }) => [Number(key), Number(model), Number(price)]),
  )
  const labelsOf = await labels.of(
    session,
    rows.map((row) => Number(row['labels'])),
  )
  return rows.map((row) => ({
    keyId: names.get(Number(row['key'])),
    team: labelsOf(Number(row['labels'])).team,
    model: names.get(Number(row['model'])),
    price: names.get(Number(row['price'])),
    requests: Number(row['requests']),
    counts: Object.fromEntries(COUNT_COLUMNS.map((name) => [name, Number(row[name])])),
    charge: BigInt(String(row['charge'])),
  }))
}

export async function readBilledMonths(
  readers: Readers,
  account: string,
  withoutKeys: readonly string[],
): Promise<PricedMonth[]> {
  const ofAccount = await numberOf(readers, account)
  if (ofAccount === undefined) return []
  const { rows } = await readers.session.run(MONTHS, [ofAccount, await notOf(readers, ofAccount, withoutKeys)])
  return rows.map((row) => ({
    month: monthName(Number(row['month'])),
    requests: Number(row['requests']),
    charge: BigInt(String(row['charge'])),
  }))
}

/** Not of these keys, nor of those that say by themselves that they are test keys. Such as have no number have no rows. */
async function notOf(readers: Readers, account: number, keys: readonly string[]): Promise<number[]> {
  const { session, texts } = readers
  const numbers = await texts.find(session, [...keys, ...(await knownTestKeys(readers, account))])
  return [...numbers.values()]
}
