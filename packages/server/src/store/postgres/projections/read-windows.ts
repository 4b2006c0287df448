import type { SubjectKind } from '@speka/core/internal'
import type { BudgetWindow, ModelCharge } from '../../leases/spent-parts.ts'
import { HOUR_MS, HOURS_OF_DAY } from '../../projections/batch.ts'
import type { LabelSet } from '../../registry.ts'
import { saysTest } from '../../test-key-id.ts'
import type { StoredRow } from '../../usage-record-table.ts'
import { statement } from '../session.ts'
import { knownTestKeys } from './known-test-keys.ts'
import { numberOf, type Readers } from './readers.ts'

/** Which of an account's requests a budget counts. */
interface Counted {
  /** Only those of these keys. Default: of all. */
  readonly keys?: readonly string[]
  /** Not those of these keys. */
  readonly withoutKeys?: readonly string[]
  /** Nor those of keys whose ids say that they are test keys. */
  readonly liveKeysOnly?: boolean
  readonly hasLabels?: (labels: LabelSet) => boolean
  readonly customer?: string
}

const countedBy: Readonly<Record<SubjectKind, (readers: Readers, window: BudgetWindow) => Promise<Counted>>> = {
  account: async (readers, window) => ({
    withoutKeys: await testKeys(readers, window),
    liveKeysOnly: window.liveKeysOnly !== undefined,
  }),
  key: async (readers, { subjectId }) => ({ keys: await countedAsOne(readers, subjectId) }),
  team: async (_, { subjectId }) => ({ hasLabels: ({ team }) => team === subjectId }),
  environment: async (_, { subjectId }) => ({ hasLabels: ({ environment }) => environment === subjectId }),
  member: async (_, { subjectId }) => ({ hasLabels: ({ member }) => member === subjectId }),
  tag: async (_, { subjectId }) => ({ hasLabels: ({ tags = [] }) => tags.includes(subjectId) }),
  customer: async (_, { subjectId }) => ({ customer: subjectId }),
}

/**
 * All that the requests of a budget's subject charged in its window, by model where that matters: from the sums, and of rows that are not in
 * them yet, without what came late.
 *
 * @param beside the rows that are not in the sums, and those that came late, in the sums or not.
 */
export async function readWindow(
  readers: Readers,
  window: BudgetWindow,
  { tail, late }: { readonly tail: readonly StoredRow[]; readonly late: readonly StoredRow[] },
): Promise<ModelCharge[]> {
  const counted = await countedBy[window.kind](readers, window)
  const account = await numberOf(readers, window.account)
  const summed = account === undefined ? [] : await readSums(readers, window, counted, account)
  const inNoBudget = await chargesOf(readers, window, counted, late)
  return [
    ...summed,
    ...(await chargesOf(readers, window, counted, tail)),
    ...inNoBudget.map(([model, charge]): ModelCharge => [model, -charge]),
  ]
}

function readSums(readers: Readers, window: BudgetWindow, counted: Counted, account: number): Promise<ModelCharge[]> {
  if (counted.customer === undefined) return ofHours(readers, window, counted, account)
  return window.ofModels
    ? ofRequests(readers, window, counted.customer, account)
    : ofDays(readers, window, counted.customer, account)
}

const HOURS = statement(`
  SELECT model, labels, sum(charge) AS charge FROM usage_hour
  WHERE hour >= $1 AND hour < $2 AND account = $3 AND ($4::bigint[] IS NULL OR key = ANY ($4)) AND key <> ALL ($5::bigint[])
  GROUP BY model, labels`)
const DAYS = statement(`
  SELECT coalesce(sum(charge), 0) AS charge FROM usage_customer_day
  WHERE day >= $1 AND day < $2 AND account = $3 AND customer = $4`)
const REQUESTS = statement(`
  SELECT model, coalesce(sum(charge), 0) AS charge FROM request_index
  WHERE time >= $1 AND time < $2 AND account = $3 AND customer = $4 AND customer <> 0 GROUP BY model`)
const KEY = statement(`SELECT body FROM registry WHERE kind = 'key' AND id = $1`)
const MAYBE_TEST_KEYS = statement(`
  SELECT id, body FROM registry WHERE kind = 'key' AND account = $1 AND body LIKE '%"mode":"test"%'`)

async function ofHours(
  readers: Readers,
  window: BudgetWindow,
  { keys, withoutKeys = [], liveKeysOnly = false, hasLabels }: Counted,
  account: number,
): Promise<ModelCharge[]> {
  const { session, texts, labels } = readers
  const numbersOf = async (ids: readonly string[]) => [...(await texts.find(session, ids)).values()]
  const tests = liveKeysOnly ? await knownTestKeys(readers, account) : []
  const only = keys === undefined ? null : await numbersOf(keys)
  const without = await numbersOf([...withoutKeys, ...tests])
  const { rows } = await session.run(HOURS, [...between(window, HOUR_MS), account, only, without])
  const labelsOf = await labels.of(
    session,
    rows.map((row) => Number(row['labels'])),
  )
  const matching = rows.filter((row) => hasLabels === undefined || hasLabels(labelsOf(Number(row['labels']))))
  const names = await texts.textsOf(
    session,
    matching.map(({ model }) => Number(model)),
  )
  return matching.map(({ model, charge }) => [names.get(Number(model)), BigInt(String(charge))])
}

async function ofDays(
  readers: Readers,
  window: BudgetWindow,
  customer: string,
  account: number,
): Promise<ModelCharge[]> {
  const number = await numberOf(readers, customer)
  if (number === undefined) return []
  const { rows } = await readers.session.run(DAYS, [...between(window, HOUR_MS * HOURS_OF_DAY), account, number])
  return rows.map(({ charge }) => [undefined, BigInt(String(charge))])
}

/** Nothing is kept by customer and model: these are the requests themselves. */
async function ofRequests(
  readers: Readers,
  window: BudgetWindow,
  customer: string,
  account: number,
): Promise<ModelCharge[]> {
  const number = await numberOf(readers, customer)
  if (number === undefined) return []
  const { rows } = await readers.session.run(REQUESTS, [...between(window, 1), account, number])
  const names = await readers.texts.textsOf(
    readers.session,
    rows.map(({ model }) => Number(model)),
  )
  return rows.map(({ model, charge }) => [names.get(Number(model)), BigInt(String(charge))])
}

async function chargesOf(
  { session, labels }: Readers,
  window: BudgetWindow,
  { keys, withoutKeys = [], liveKeysOnly = false, hasLabels, customer }: Counted,
  rows: readonly StoredRow[],
): Promise<ModelCharge[]> {
  const labelsOf = await labels.of(
    session,
    rows.map(({ record }) => record.labels ?? 0),
  )
  return rows.flatMap(({ createdAt, account, keyId = '', charge, record }): ModelCharge[] => {
    if (charge === undefined || account !== window.account) return []
    if (createdAt < window.from || createdAt >= window.until) return []
    if (keys !== undefined && !keys.includes(keyId)) return []
    if (withoutKeys.includes(keyId) || (liveKeysOnly && saysTest(keyId))) return []
    if (hasLabels !== undefined && !hasLabels(labelsOf(record.labels ?? 0))) return []
    if (customer !== undefined && record.customer !== customer) return []
    return [[record.model, charge]]
  })
}

/** A key and all that came in its place since, one after the other. Read here: PostgreSQL cannot read every text that JSON has. */
async function countedAsOne({ session }: Readers, keyId: string): Promise<string[]> {
  const chain = new Set<string>()
  for (let id: unknown = keyId; typeof id === 'string' && !chain.has(id);) {
    chain.add(id)
    const { rows } = await session.run(KEY, [id])
    id = rows[0] === undefined ? undefined : bodyOf(rows[0]).replacedBy
  }
  return [...chain]
}

/** Keys whose requests do not count. */
async function testKeys({ session }: Readers, { account, liveKeysOnly }: BudgetWindow): Promise<string[]> {
  if (liveKeysOnly === undefined) return []
  const { rows } = await session.run(MAYBE_TEST_KEYS, [account])
  const ids = rows.filter((row) => bodyOf(row).mode === 'test').map(({ id }) => String(id))
  return [...ids, ...liveKeysOnly.testKeys]
}

const bodyOf = (row: Readonly<Record<string, unknown>>): { readonly mode?: unknown; readonly replacedBy?: unknown } =>
  JSON.parse(String(row['body'])) as object

const between = ({ from, until }: BudgetWindow, ms: number): [number, number] => [
  Math.max(Math.floor(from / ms), Number.MIN_SAFE_INTEGER),
  Math.min(Math.ceil(until / ms), Number.MAX_SAFE_INTEGER),
]
