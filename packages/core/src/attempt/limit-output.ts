import type { PicoUsd } from '../money.ts'
import { affordableTokens } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Target } from '../route/target.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'

/**
 * A call with a limit of cost, held to it: one that does not limit its answer is sent with as many `max_tokens` as the rest
 * of the money buys at the target's price. Any other call is as it was: one whose answers have no length, and one of which the
 * model cannot say more than the money buys, since upstreams refuse a limit that is longer than that.
 */
export function limitOutput(call: Call, maxCost: PicoUsd, { entry, adapter }: Target): Call {
  if (adapter.routesItself === true) return call
  const operation = operations[call.endpoint]
  const price = priceAt(entry.prices, call.receivedAt)
  if (operation.limitedTo === undefined || price === undefined) return call
  const size = operation.size(call)
  if (size.outputTokens !== undefined) return call
  const choices = operation.choices(call)
  const tokens = affordableTokens(maxCost, size, price, choices)
  const longest = operation.mostOutputTokens(call, entry.contextWindow, 0) / choices
  return tokens >= longest ? call : operation.limitedTo(call, tokens)
}
