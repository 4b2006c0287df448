import { isUtf8 } from 'node:buffer'
import type { Call, Clock, OperationName } from '@speka/core'
import {
  callToExplain,
  explainRoute,
  parseWholeBody,
  READ_AT_ONCE_BYTES,
  standingsOf,
  type RoutePlan,
} from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import type { CallLimits } from './key.ts'
import { explainLimits, explainRate, type ExplainedLimits } from '../limits/explain-limits.ts'
import type { Store } from '../store/store.ts'
import { callFacts } from './call-facts.ts'
import { readInSlices } from './read-in-slices.ts'

/**
 * `POST /v1/route/explain`: where a request would go, what it would cost, and what would follow each kind of failure. The
 * body is the request itself, or only its model and preferences. Nothing is sent.
 */
export function explain(
  live: LiveConfig,
  clock: Clock,
  limits: HttpLimits,
  callLimits: CallLimits | undefined,
  { budgets }: Pick<Store, 'budgets'>,
) {
  /** Where the limits stand that the call would meet, and what each would do. Nothing is taken. */
  const limitsOf = async (call: Call, plan: RoutePlan, maxAttempts: number): Promise<ExplainedLimits> => {
    const applied = callLimits?.book.appliedTo(call)
    if (callLimits === undefined || applied === undefined) return { limits: [], refused_by: null }
    const now = clock.now()
    const { money, rates } = await standingsOf(applied, { budgets, rates: callLimits.rates }, now)
    return explainLimits(call, plan, maxAttempts, { money, rates: rates.map((rate) => explainRate(call, rate, now)) })
  }

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
    const { maxAttempts } = engine
    const plan = engine.plan(call)
    const explanation = explainRoute(call, plan, { maxAttempts, monotonic: clock.monotonic() })
    respondJson(response, id, { ...explanation, ...(await limitsOf(call, plan, maxAttempts)) })
  }
}
