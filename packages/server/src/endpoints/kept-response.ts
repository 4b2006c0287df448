import type { Clock } from '@speka/core'
import {
  jsonHeaders,
  keptQuery,
  keptQuestions,
  refuseUnallowed,
  type IdSeal,
  type KeptQuestion,
} from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { KeepAlive } from '../http/keep-alive.ts'
import { KeptEvents } from '../http/kept-events.ts'
import { leavingOf } from '../http/leaving-of.ts'
import { respondPieces } from '../http/respond.ts'
import { segmentsOf } from '../http/router.ts'
import type { KeptResponses } from '../responses/kept-responses.ts'
import { callFacts } from './call-facts.ts'
import type { CallLimits } from './key.ts'
import { aboutOwnResponse } from './own-response.ts'
import { withinRates } from './within-rates.ts'

/** What the handlers of kept responses are made of. */
export interface KeptParts {
  readonly live: LiveConfig
  readonly idSeal: IdSeal
  readonly keptResponses: KeptResponses
  readonly callLimits?: CallLimits | undefined
  readonly clock: Clock
  readonly responder: { readonly keepAlive: KeepAlive }
}

/** Where each question is asked. */
export const keptPaths: readonly (readonly [KeptQuestion, string])[] = (
  Object.keys(keptQuestions) as KeptQuestion[]
).map((question) => [question, `/v1/responses/{id}${keptQuestions[question].below}`])

/** A question about a kept response. One to a provider that keeps it is handed on, and what is said to it comes back as it is. */
export function keptResponse(
  question: KeptQuestion,
  path: string,
  { live, idSeal, keptResponses, callLimits, clock, responder: { keepAlive } }: KeptParts,
) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { id: requestId, request, response, open } = exchange
    // A question has no body that would be read.
    request.resume()
    const query = keptQuery(question, exchange.query)
    const id = segmentsOf(path, exchange.path)?.['id'] ?? ''
    const facts = callFacts(exchange, idSeal)
    const own = keptResponses.ownId(id, facts)
    if (own !== undefined) {
      refuseUnallowed('chat', facts)
      const asked = { question, id, own, query }
      return withinRates(callLimits, exchange, clock, () => aboutOwnResponse(asked, keptResponses, facts, exchange))
    }
    const { engine } = live.current
    const asked = { question, id, query: query.toString() }
    // What is refused before anything is sent counts in no rate.
    engine.admitKept(asked, facts)
    if (question === 'retrieve' && query.get('stream') === 'true')
      return withinRates(callLimits, exchange, clock, () => {
        const events = new KeptEvents(response, requestId, keepAlive, (sink) => engine.relayKept(asked, facts, sink))
        open.answer = events
        return events.ended
      })
    const body = await withinRates(callLimits, exchange, clock, () => engine.askKept(asked, facts, leavingOf(response)))
    respondPieces(response, 200, [jsonHeaders, { 'x-request-id': requestId }], [body])
  }
}
