import type { Price, PriceCondition } from '../catalog/model.ts'
import type { Usage } from '../usage.ts'

/** The row of a price that usage is charged by: the first whose condition holds. Most prices are a single row. */
export function rowFor(price: Price, usage: Usage): Price {
  const { rows } = price
  if (rows === undefined) return price
  for (const row of rows) if (row.when === undefined || holds(row.when, usage)) return row
  return price
}

const holds = ({ serviceTier, aboveInputTokens }: PriceCondition, usage: Usage): boolean =>
  (serviceTier === undefined || serviceTier === usage.serviceTier) &&
  (aboveInputTokens === undefined || (usage.inputTokens ?? 0) > aboveInputTokens)

/**
 * The rows of a price that a call may be charged by before anybody knows how it will be served.
 *
 * @param inputTokens the most that its prompt can have.
 */
export function rowsInReach(price: Price, inputTokens: number): readonly Price[] {
  const { rows } = price
  if (rows === undefined) return [price]
  return rows.filter(({ when }) => (when?.aboveInputTokens ?? -1) < inputTokens)
}
