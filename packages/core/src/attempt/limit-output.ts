import { affordableTokens } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Target } from '../route/target.ts'
import type { Call } from '../operations/call.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import { estimateSize } from '../operations/estimate-size.ts'
import { scanObject } from '../bytes/scan-object.ts'
import { outputLimitField } from '../wire/dialect-name.ts'
import { join, setMember, splice } from '../bytes/splice.ts'

/** More than any model writes: a limit above it limits nothing. */
const NO_LIMIT = 1_000_000

/**
 * A chat call with a limit of cost, held to it: one that does not limit its answer is sent with as many `max_tokens` as the
 * rest of the money buys at the target's price. Any other call is as it was.
 */
export function limitOutput<Asked extends Call>(call: Asked, target: Target): Asked {
  if (call.maxCost === undefined || call.endpoint !== 'chat' || target.adapter.routesItself === true) return call
  return limited(call, target) as Asked
}

function limited(call: ChatCall, { entry }: Target): ChatCall {
  const { outline, maxCost, body, scan, native } = call
  const size = estimateSize(call)
  const price = priceAt(entry.prices, call.receivedAt)
  if (maxCost === undefined || price === undefined || size.outputTokens !== undefined) return call
  const tokens = affordableTokens(maxCost, size, price, outline.n ?? 1)
  if (tokens > NO_LIMIT) return call
  const most = Math.max(1, tokens)
  return {
    ...call,
    ...withMember({ body, scan }, 'max_tokens', most),
    outline: { ...outline, max_tokens: tokens },
    native: native && { ...native, ...withMember(native, outputLimitField[native.dialect], most) },
  }
}

function withMember({ body, scan }: Scanned, name: string, value: number): Scanned {
  const written = join(splice(body, [setMember(scan, name, String(value))]))
  return { body: written, scan: scanObject(written) ?? scan }
}

type Scanned = Pick<ChatCall, 'body' | 'scan'>
