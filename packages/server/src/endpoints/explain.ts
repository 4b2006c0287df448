import { isUtf8 } from 'node:buffer'
import type { Clock, OperationName } from '@speka/core'
import { callToExplain, explainRoute, parseWholeBody, READ_AT_ONCE_BYTES } from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import { callFacts } from './call-facts.ts'
import { readInSlices } from './read-in-slices.ts'

/**
 * `POST /v1/route/explain`: where a request would go, what it would cost, and what would follow each kind of failure. The
 * body is the request itself, or only its model and preferences. Nothing is sent.
 */
export function explain(live: LiveConfig, clock: Clock, limits: HttpLimits) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { id, request, response } = exchange
    const body = await readBody(request, response, limits.bodyBytes)
    const { engine } = live.current
    const facts = callFacts(exchange)
    const usualFor = (model: string): OperationName => engine.table.find(model)?.model.endpoints[0] ?? 'chat'
    const admit = (model: string): void => engine.admit(model, usualFor(model), facts)
    const aids = { isUtf8, admit }
    const asked = parseWholeBody(body, body.length > READ_AT_ONCE_BYTES ? await readInSlices(body, aids) : aids)
    const call = callToExplain(asked, facts, usualFor(String(asked['model'])))
    const circumstances = { maxAttempts: engine.maxAttempts, monotonic: clock.monotonic() }
    respondJson(response, id, explainRoute(call, engine.plan(call), circumstances))
  }
}
