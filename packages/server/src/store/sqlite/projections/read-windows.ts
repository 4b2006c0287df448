import type { SubjectKind } from '@speka/core/internal'
import type { BudgetWindow, ModelCharge } from '../../leases/spent-parts.ts'
import type { LabelSet } from '../../registry.ts'
import { TEST_KEY_ID } from '../../test-key-id.ts'
import type { SqlRow } from '../../usage-record-table.ts'
import { HOUR_MS, HOURS_OF_DAY } from '../../projections/batch.ts'
import type { Readers } from './read-totals.ts'
import { DOLLAR } from '../../projections/sum-columns.ts'

/** All that the requests of a budget's subject charged in its window, by model where that matters. */
export function readWindow(readers: Readers, window: BudgetWindow): ModelCharge[] {
  const [account, subject] = [window.account, window.subjectId].map((text) => readers.texts.find(text))
  if (account === undefined) return []
  return sources[window.kind]({ ...readers, window, account, subject })
}

interface Asked extends Readers {
  readonly window: BudgetWindow
  readonly account: number
  /** The number of whom it is about, if requests have ever been of him. */
  readonly subject: number | undefined
}

const sources: Readonly<Record<SubjectKind, (asked: Asked) => ModelCharge[]>> = {
  account: (asked) => withoutTestKeys(asked, ofHours(asked)),
  key: (asked) => countedAsOne(asked).flatMap((key) => ofHours(asked, key)),
  team: (asked) => ofHours(asked, undefined, ({ team }) => team === asked.window.subjectId),
  environment: (asked) => ofHours(asked, undefined, ({ environment }) => environment === asked.window.subjectId),
  member: (asked) => ofHours(asked, undefined, ({ member }) => member === asked.window.subjectId),
  tag: (asked) => ofHours(asked, undefined, ({ tags = [] }) => tags.includes(asked.window.subjectId)),
  customer: (asked) => {
    if (asked.subject === undefined) return []
    return asked.window.ofModels ? ofRequests(asked, asked.subject) : ofDays(asked, asked.subject)
  },
}

/** The numbers of a key and of all that came in its place since, one after the other, if requests have ever been of them. */
function countedAsOne({ ledger, texts, window }: Asked): number[] {
  const ids = ledger
    .prepare(`
      WITH RECURSIVE chain (id) AS (
        SELECT ?
        UNION
        SELECT json_extract(body, '$.replacedBy') FROM chain JOIN registry ON kind = 'key' AND registry.id = chain.id
        WHERE json_extract(body, '$.replacedBy') IS NOT NULL
      )
      SELECT id FROM chain`)
    .all(window.subjectId)
  return ids.flatMap(({ id }) => texts.find(String(id)) ?? [])
}

/** What test keys used is taken off where it does not count: of most accounts there are none. */
function withoutTestKeys(asked: Asked, all: ModelCharge[]): ModelCharge[] {
  const { ledger, texts, window } = asked
  if (window.liveKeysOnly === undefined) return all
  const ids = ledger
    .prepare(`
      SELECT id FROM registry WHERE kind = 'key' AND account = ? AND json_extract(body, '$.mode') = 'test'`)
    .all(window.account)
    .map(({ id }) => String(id))
  const known = [...ids, ...window.liveKeysOnly.testKeys].flatMap((id) => texts.find(id) ?? [])
  const numbers = new Set([...known, ...texts.findBeginning(TEST_KEY_ID)])
  const ofTests = [...numbers].flatMap((key) => ofHours(asked, key))
  return [...all, ...ofTests.map(([model, charge]): ModelCharge => [model, -charge])]
}

function ofHours(
  { projections, texts, labels, window, account }: Asked,
  key?: number,
  matches?: (labels: LabelSet) => boolean,
): ModelCharge[] {
  const rows = projections
    .prepare(`
      SELECT model, labels, sum(charge_usd) AS usd, sum(charge_pico) AS pico FROM usage_hour
      WHERE hour >= ? AND hour < ? AND account = ? ${key === undefined ? '' : 'AND key = ?'} GROUP BY model, labels`)
    .all(...between(window, HOUR_MS), account, ...(key === undefined ? [] : [key])) as SqlRow[]
  return rows
    .filter((row) => matches === undefined || matches(labels(Number(row['labels']))))
    .map((row) => [texts.textOf(Number(row['model'])), chargeOf(row)])
}

function ofDays({ projections, window, account }: Asked, customer: number): ModelCharge[] {
  const row = projections
    .prepare(`
      SELECT sum(charge_usd) AS usd, sum(charge_pico) AS pico FROM usage_customer_day
      WHERE day >= ? AND day < ? AND account = ? AND customer = ?`)
    .get(...between(window, HOUR_MS * HOURS_OF_DAY), account, customer) as SqlRow
  return [[undefined, chargeOf(row)]]
}

/** Nothing is kept by customer and model: these are the requests themselves. */
function ofRequests({ projections, texts, window, account }: Asked, customer: number): ModelCharge[] {
  const rows = projections
    .prepare(`
      SELECT model, sum(charge_pico / ${DOLLAR}) AS usd, sum(charge_pico % ${DOLLAR}) AS pico FROM request_index
      WHERE customer = ? AND customer <> 0 AND time >= ? AND time < ? AND account = ? GROUP BY model`)
    .all(customer, ...between(window, 1), account) as SqlRow[]
  return rows.map((row) => [texts.textOf(Number(row['model'])), chargeOf(row)])
}

const between = ({ from, until }: BudgetWindow, ms: number): [number, number] => [
  Math.floor(from / ms),
  Math.min(Math.ceil(until / ms), Number.MAX_SAFE_INTEGER),
]

const chargeOf = ({ usd, pico }: SqlRow): bigint => BigInt(usd ?? 0) * BigInt(DOLLAR) + BigInt(pico ?? 0)
