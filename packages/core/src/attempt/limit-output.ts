import type { PicoUsd } from '../money.ts'
import { affordableTokens } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Target } from '../route/target.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'

/** More than any model writes: a limit above it limits nothing. */
const NO_LIMIT = 1_000_000

/**
 * A call with a limit of cost, held to it: one that does not limit its answer is sent with as many `max_tokens` as the rest
 * of the money buys at the target's price. Any other call is as it was, and so is one whose answers have no length.
 */
export function limitOutput(call: Call, maxCost: PicoUsd, { entry, adapter }: Target): Call {
  if (adapter.routesItself === true) return call
  const operation = operations[call.endpoint]
  const price = priceAt(entry.prices, call.receivedAt)
  if (operation.limitedTo === undefined || price === undefined) return call
  const size = operation.size(call)
  if (size.outputTokens !== undefined) return call
  const tokens = affordableTokens(maxCost, size, price, operation.choices(call))
  return tokens > NO_LIMIT ? call : operation.limitedTo(call, tokens)
}
