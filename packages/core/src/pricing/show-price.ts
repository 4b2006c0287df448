import type { Price } from '../catalog/model.ts'
import { formatPricePerMillion, formatUsd } from '../money.ts'
import { unitEntries, type ShownRates } from '../units.ts'
import type { ShownCondition } from '../wire/models.ts'

/** The rates of a price as people read them, those that it has. */
export function showRates(price: Price): ShownRates {
  const shown = unitEntries.flatMap(({ unit, rate, per }) => {
    const each = price[rate]
    if (each === undefined) return []
    return [per === 'million' ? [`${unit}_per_1m`, formatPricePerMillion(each)] : [`per_${unit}`, formatUsd(each)]]
  })
  return Object.fromEntries(shown) as ShownRates
}

/** The condition under which a row of a price holds; nothing for the usual one. */
export const showCondition = ({ when }: Price): ShownCondition => ({
  ...(when?.serviceTier !== undefined && { service_tier: when.serviceTier }),
  ...(when?.aboveInputTokens !== undefined && { above_input_tokens: when.aboveInputTokens }),
})

/** The rows of a price that hold under a condition; `undefined` when it has none. */
export function showConditions({ rows }: Price): readonly (ShownCondition & ShownRates)[] | undefined {
  return rows?.filter(({ when }) => when !== undefined).map((row) => ({ ...showCondition(row), ...showRates(row) }))
}
