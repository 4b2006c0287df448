import { isUtf8 } from 'node:buffer'
import { ESTIMATED_HEADER, READ_AT_ONCE_BYTES, readResponses, type BodyAids } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { leavingOf } from '../http/leaving-of.ts'
import { readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import { callFacts } from './call-facts.ts'
import type { KeptParts } from './kept-response.ts'
import { readInSlices } from './read-in-slices.ts'
import { withinRates } from './within-rates.ts'

/** `POST /v1/responses/input_tokens`: how many tokens a request has that is not sent. */
export function countResponseInput({ live, idSeal, keptResponses, callLimits, clock }: KeptParts, limits: HttpLimits) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { id, request, response } = exchange
    const sent = await readBody(request, response, limits.bodyBytes)
    const facts = callFacts(exchange, idSeal)
    const { body, keeping } = (await keptResponses.begin(sent, facts)) ?? { body: sent }
    const { engine } = live.current
    const aids: BodyAids = { isUtf8, admit: (model) => engine.admit(model, 'chat', facts) }
    const { call } = readResponses(
      body,
      facts,
      body.length > READ_AT_ONCE_BYTES ? await readInSlices(body, aids) : aids,
      keeping,
    )
    const { tokens, isEstimated } = await withinRates(callLimits, exchange, clock, () =>
      engine.countInput(call, leavingOf(response)),
    )
    if (isEstimated) response.setHeader(ESTIMATED_HEADER, 'true')
    respondJson(response, id, { object: 'response.input_tokens', input_tokens: tokens })
  }
}
