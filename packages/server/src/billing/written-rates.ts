import { parseUsd, type Price } from '@speka/core'
import { parsePricePerMillion, unitEntries } from '@speka/core/internal'

/** A price as a reprice has it: rates by unit, decimal strings in US dollars, tokens per 1M, all else each. */
export type WrittenRates = Readonly<Record<string, string>>

/**
 * The price that rates make, all of it: a unit that has none costs nothing, or, as a part of a sum, what the rest of that sum does.
 *
 * @throws RangeError naming the text that is no rate.
 */
export function readRates(rates: WrittenRates): Price {
  const read = unitEntries.flatMap(({ unit, rate, per }) => {
    const text = rates[unit]
    return text === undefined ? [] : [[rate, per === 'million' ? parsePricePerMillion(text) : parseUsd(text)]]
  })
  return { ...Object.fromEntries(read), source: 'config' }
}
