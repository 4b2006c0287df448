import { isUtf8 } from 'node:buffer'
import {
  commitmentHeaders,
  jsonHeaders,
  READ_AT_ONCE_BYTES,
  readMessagesToCount,
  type BodyAids,
} from '@speka/core/internal'
import { envelopeFor } from '../http/envelope.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { leavingOf } from '../http/leaving-of.ts'
import { readBody } from '../http/read-body.ts'
import { respondPieces } from '../http/respond.ts'
import { callFacts } from './call-facts.ts'
import type { KeptParts } from './kept-response.ts'
import { handedOn } from './messages.ts'
import { readInSlices } from './read-in-slices.ts'
import { withinRates } from './within-rates.ts'

/**
 * `POST /v1/messages/count_tokens`: how many tokens a request has, as the model counts that would answer it. Where that cannot be
 * asked, an estimate that is rather too high, and says so.
 */
export function countTokens(
  { live, idSeal, callLimits, clock }: Pick<KeptParts, 'live' | 'idSeal' | 'callLimits' | 'clock'>,
  limits: HttpLimits,
) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { id, request, response } = exchange
    const body = await readBody(request, response, limits.bodyBytes)
    const { engine, config } = live.current
    const facts = callFacts(exchange, idSeal)
    const reading: BodyAids = {
      isUtf8,
      admit: (model) => engine.admit(model, 'chat', facts),
      messages: config.gateway.messages,
    }
    const aids = body.length > READ_AT_ONCE_BYTES ? await readInSlices(body, reading) : reading
    const call = readMessagesToCount(body, facts, { ...aids, headers: handedOn(request.headers) })
    const { tokens, isEstimated, target, said } = await withinRates(callLimits, exchange, clock, () =>
      engine.countInput(call, leavingOf(response)),
    )
    const headers = {
      ...jsonHeaders,
      ...envelopeFor(request).headers(id),
      ...commitmentHeaders({ target, model: target.model, attempts: isEstimated ? 0 : 1, droppedParams: [] }),
      ...(isEstimated && { 'x-speka-estimated': 'true' }),
    }
    respondPieces(response, 200, [headers], [said ?? Buffer.from(JSON.stringify({ input_tokens: tokens }))])
  }
}
