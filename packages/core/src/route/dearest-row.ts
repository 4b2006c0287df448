import type { Price } from '../catalog/model.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { unitEntries, type Rates } from '../units.ts'

/**
 * What a call may be charged at the most, whichever row of a price applies to it: of each rate the highest among the rows that may. Those
 * for longer prompts than it can have may not, nor those for another tier than it names. Most prices are a single row, which is it.
 *
 * @param call `undefined`: any call.
 */
export const dearestRow = (price: Price, call: Call | undefined): Price =>
  price.rows === undefined ? price : reachOf(price.rows, call).dearest

/** Whether a call may be charged by a row that reads a prompt from the cache for less. */
export const mayReadCacheForLess = (price: Price, call: Call): boolean =>
  price.rows === undefined ? readsForLess(price) : reachOf(price.rows, call).readsCacheForLess

/** What there is to say of the rows that a call may meet. */
interface Reach {
  readonly dearest: Price
  readonly readsCacheForLess: boolean
}

/** The rows of a price, and what was found out about those of them that go together. */
interface Rows {
  readonly tiers: ReadonlySet<string>
  /** Lengths of prompt from which other rows apply, the shortest first. */
  readonly steps: readonly number[]
  readonly reaches: Map<string, Reach>
}

/** Made once for the rows of a table of routes: there are as many reaches as tiers and steps have combinations. */
const known = new WeakMap<readonly Price[], Rows>()

function reachOf(rows: readonly Price[], call: Call | undefined): Reach {
  let found = known.get(rows)
  if (found === undefined) known.set(rows, (found = rowsOf(rows)))
  const tier = tierNamedBy(call, found.tiers)
  const length = call === undefined ? Infinity : mostTokensOf(call)
  const step = found.steps.findLast((above) => above < length) ?? -1
  const key = `${step} ${tier ?? ''}`
  let reach = found.reaches.get(key)
  if (reach === undefined) found.reaches.set(key, (reach = madeOf(rows, step, tier)))
  return reach
}

/** As a range of cost takes it. Of a prompt that has been let go, what its bytes allowed. */
const mostTokensOf = (call: Call): number =>
  call.mostPromptTokens ?? operations[call.endpoint].size(call).inputTokens * MOST_PER_ESTIMATED

/** A size is told at three bytes to a token; a prompt cannot have more than one for each byte. */
const MOST_PER_ESTIMATED = 3

const rowsOf = (rows: readonly Price[]): Rows => ({
  tiers: new Set(rows.flatMap(({ when }) => when?.serviceTier ?? [])),
  steps: [...new Set(rows.map(({ when }) => when?.aboveInputTokens ?? -1))].toSorted((a, b) => a - b),
  reaches: new Map(),
})

/** Another than those that have a row is no tier at all; `undefined`: it may be any, as when the upstream chooses. */
function tierNamedBy(call: Call | undefined, tiers: ReadonlySet<string>): string | undefined {
  const named: unknown = call && (call.outline as { readonly service_tier?: unknown }).service_tier
  if (typeof named !== 'string' || named === 'auto') return undefined
  return tiers.has(named) ? named : NO_TIER
}

/** Stands for every tier that has no row. A tier that is called so would have one. */
const NO_TIER = '-'

function madeOf(rows: readonly Price[], step: number, tier: string | undefined): Reach {
  const met = rows.filter(
    ({ when }) =>
      (when?.aboveInputTokens ?? -1) <= step &&
      (tier === undefined || when?.serviceTier === undefined || when.serviceTier === tier),
  )
  const base = rows.at(-1)
  if (base === undefined) throw new RangeError('a price without a row')
  return { dearest: { ...base, ...highest(met) }, readsCacheForLess: met.some(readsForLess) }
}

function highest(rows: readonly Price[]): Rates {
  const all = unitEntries.flatMap(({ rate }) => {
    const rates = rows.flatMap((row) => row[rate] ?? [])
    return rates.length === 0 ? [] : [[rate, rates.reduce((most, each) => (each > most ? each : most))] as const]
  })
  return Object.fromEntries(all)
}

const readsForLess = ({ input, cachedInput }: Price): boolean =>
  input !== undefined && cachedInput !== undefined && cachedInput < input
