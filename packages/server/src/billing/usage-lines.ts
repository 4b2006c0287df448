import { formatUsd, picoUsd, type PicoUsd, type Price } from '@speka/core'
import { formatPricePerMillion, showCondition, unitEntries, units, type UnitEntry } from '@speka/core/internal'
import type { BilledUsage } from '../store/billed-usage.ts'
import type { InvoiceLine } from './invoice-document.ts'

export type UsageLine = Extract<InvoiceLine, { kind: 'usage' }>

/** A line that is being added up. */
interface Adding {
  readonly line: Omit<UsageLine, 'quantity' | 'amount_usd'>
  /** Where its unit stands in the table of units; what has none comes last. */
  readonly place: number
  quantity: number
  amount: bigint
}

/**
 * The lines of a month's usage: one for each team, key, model, price and unit, so that quantity × unit price is the amount
 * exactly. What was charged by something else than its units is a line without one, of so many requests.
 *
 * @param names of keys and teams by their ids
 */
export function usageLines(usage: readonly BilledUsage[], names: ReadonlyMap<string, string>): UsageLine[] {
  const lines = new Map<string, Adding>()

  function add(line: Adding['line'], place: number, quantity: number, amount: bigint): void {
    const name = JSON.stringify(line)
    const there = lines.get(name)
    if (there === undefined) lines.set(name, { line, place, quantity, amount })
    else {
      there.quantity += quantity
      there.amount += amount
    }
  }

  for (const used of usage) {
    const of = {
      kind: 'usage' as const,
      team: named(used.team, names),
      key: named(used.keyId, names),
      model: used.model ?? null,
    }
    const { price } = used
    let byUnits = 0n
    for (const [place, entry] of price === undefined ? [] : unitEntries.entries()) {
      const quantity = used.counts[entry.count] ?? 0
      const rate = price === undefined ? undefined : rateOf(price, entry)
      if (price === undefined || rate === undefined || quantity === 0) continue
      const amount = rate * BigInt(quantity)
      byUnits += amount
      add({ ...of, ...unitOf(entry, rate), ...sourceOf(price) }, place, quantity, amount)
    }
    // What the units do not say: all of it, where there is no price.
    const otherwise = used.charge - byUnits
    if (otherwise !== 0n) add({ ...of, ...withoutUnit }, unitEntries.length, used.requests, otherwise)
  }
  return [...lines.values()]
    .toSorted(inOrder)
    .map(({ line, quantity, amount }) => ({ ...line, quantity, amount_usd: formatUsd(picoUsd(amount)) }))
}

const withoutUnit = {
  unit: null,
  unit_price_usd: null,
  per: 1,
  price_source: null,
  price_as_of: null,
  price_condition: null,
} as const

const named = (id: string | undefined, names: ReadonlyMap<string, string>) =>
  id === undefined ? null : { id, name: names.get(id) ?? id }

/** What one of a unit costs: one that is rated as another has that one's rate when it has none of its own. */
const rateOf = (price: Price, { rate, ratedAs }: UnitEntry): PicoUsd | undefined =>
  price[rate] ?? (ratedAs === undefined ? undefined : price[units[ratedAs].rate])

const unitOf = ({ unit, per }: UnitEntry, rate: PicoUsd) =>
  per === 'million'
    ? { unit, unit_price_usd: formatPricePerMillion(rate), per: 1_000_000 as const }
    : { unit, unit_price_usd: formatUsd(rate), per: 1 as const }

function sourceOf(price: Price) {
  const condition = Object.entries(showCondition(price)).map(([name, value]) => `${name}: ${value}`)
  return {
    price_source: price.source,
    price_as_of: price.asOf ?? null,
    price_condition: condition.length === 0 ? null : condition.join(', '),
  }
}

/**
 * By team, key and model as people read them, then by price, then by unit, then by rate, where a price was changed without a new
 * date: the same usage has the same lines in the same order.
 */
const inOrder = (one: Adding, other: Adding): number =>
  compare(wordsOf(one), wordsOf(other)) ||
  one.place - other.place ||
  compare([one.line.unit_price_usd ?? ''], [other.line.unit_price_usd ?? ''])

function compare(one: readonly string[], other: readonly string[]): number {
  for (const [index, word] of one.entries()) {
    const against = other[index] ?? ''
    if (word !== against) return word < against ? -1 : 1
  }
  return 0
}

const wordsOf = ({ line: { team, key, model, price_as_of, price_source, price_condition } }: Adding): string[] => [
  team?.name ?? '',
  team?.id ?? '',
  key?.name ?? '',
  key?.id ?? '',
  model ?? '',
  price_as_of ?? '',
  price_source ?? '',
  price_condition ?? '',
]
