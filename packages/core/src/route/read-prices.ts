import type { Price } from '../catalog/model.ts'
import type { ModelConfig, PriceConfig, PriceRowConfig } from '../config.ts'
import { parsePricePerMillion, parseUsd } from '../money.ts'
import { byParticularity } from '../pricing/price-row.ts'
import { unitEntries } from '../units.ts'
import { priceProblems, rowsOf, tierOf } from './price-problems.ts'

/** @throws RangeError naming the place of what is wrong with a configured model's prices. */
export function checkPrices(id: string, entry: ModelConfig): void {
  const [problem] = priceProblems(id, entry)
  if (problem === undefined) return
  const place = problem.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  throw new RangeError(`models."${id}"${place}: ${problem.message}`)
}

/**
 * A price as it was configured: one for each day from which some of it differs, oldest first.
 *
 * @throws RangeError naming the text that is not a price.
 */
export function readPrices(price: PriceConfig | readonly PriceRowConfig[]): readonly Price[] {
  const rows = rowsOf(price).map(readRow)
  const days = [...new Set(rows.map(({ asOf = '' }) => asOf))].sort()
  return days.map((day) => priceFrom(rows, day))
}

function readRow(config: PriceRowConfig): Price {
  const { above_input_tokens: aboveInputTokens, from } = config
  const serviceTier = tierOf(config)
  const rates = unitEntries.flatMap(({ unit, rate, per }) => {
    const text = config[unit]
    return text === undefined ? [] : [[rate, per === 'million' ? parsePricePerMillion(text) : parseUsd(text)]]
  })
  return {
    ...Object.fromEntries(rates),
    source: 'config',
    ...(from !== undefined && { asOf: from }),
    ...((serviceTier !== undefined || aboveInputTokens !== undefined) && { when: { serviceTier, aboveInputTokens } }),
  }
}

/** What holds from a day on: of rows with the same condition the latest that has begun. */
function priceFrom(rows: readonly Price[], day: string): Price {
  const current = new Map<string, Price>()
  const begun = rows.filter(({ asOf = '' }) => asOf <= day)
  for (const row of begun.toSorted((a, b) => compare(a.asOf, b.asOf))) {
    current.set(JSON.stringify([row.when?.serviceTier, row.when?.aboveInputTokens]), row)
  }
  const inForce = [...current.values()].sort(byParticularity)
  const base = inForce.at(-1)
  if (base === undefined) throw new RangeError('a price has no row')
  if (inForce.length === 1) return base
  return { ...base, ...(day !== '' && { asOf: day }), rows: inForce }
}

const compare = (a = '', b = ''): number => (a < b ? -1 : Number(a > b))
