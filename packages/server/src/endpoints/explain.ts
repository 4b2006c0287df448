import { isUtf8 } from 'node:buffer'
import { callToExplain, explainRoute, parseBody, type Clock } from '@speka/core'
import type { LiveConfig } from '../config/live-config.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import { callFacts } from './call-facts.ts'

/**
 * `POST /v1/route/explain`: where a request would go, what it would cost, and what would follow each kind of failure. The
 * body is the request itself, or only its model and wishes. Nothing is sent.
 */
export function explain(live: LiveConfig, clock: Clock, limits: HttpLimits) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { id, request, response } = exchange
    const body = await readBody(request, response, limits.bodyBytes)
    parseBody(body, isUtf8)
    const { engine } = live.current
    const asked = JSON.parse(body.toString('utf8')) as Record<string, unknown>
    const usual = engine.table.find(String(asked['model']))?.model.endpoints[0] ?? 'chat'
    const call = callToExplain(asked, callFacts(exchange), usual)
    const circumstances = { maxAttempts: engine.maxAttempts, monotonic: clock.monotonic() }
    respondJson(response, id, explainRoute(call, engine.plan(call), circumstances))
  }
}
