import { picoUsd, zeroUsd, type PicoUsd } from '../money.ts'
import { costRange } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { RoutingTable } from './routing-table.ts'

/**
 * The most that a call can cost, whichever of the models it names answers: what to set aside before it is made.
 *
 * @param expectedTokens how long an answer is taken to be, for each choice, when the call sets no limit.
 * @returns `undefined` when one of the models is unknown, or has no price.
 */
export function mostCost(call: Call, table: RoutingTable, expectedTokens: number): PicoUsd | undefined {
  const { model, models } = call.outline
  const operation = operations[call.endpoint]
  const size = operation.size(call)
  const outputTokens = size.outputTokens ?? expectedTokens * operation.choices(call)
  let highest: bigint = zeroUsd
  for (const id of [model, ...(models ?? [])]) {
    const price = priceAt(table.find(id)?.model.prices ?? [], call.receivedAt)
    const most = price === undefined ? undefined : costRange({ ...size, outputTokens }, price)?.most
    if (most === undefined) return undefined
    if (most > highest) highest = most
  }
  return picoUsd(highest)
}
