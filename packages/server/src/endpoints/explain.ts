import { isUtf8 } from 'node:buffer'
import { type Call, parseUsd, type Clock, type OperationName, type PicoUsd } from '@speka/core'
import {
  callToExplain,
  explainRoute,
  parseWholeBody,
  READ_AT_ONCE_BYTES,
  showBudget,
  showRate,
  standingsOf,
  wouldFit,
  zeroUsd,
  type KnownBudget,
  type RouteExplanation,
} from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import type { CallLimits } from './key.ts'
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
  const limitsOf = async (call: Call, cost: RouteExplanation['cost'], fits: Fits) => {
    const applied = callLimits?.book.appliedTo(call)
    if (callLimits === undefined || applied === undefined) return { limits: [], refused_by: null }
    const now = clock.now()
    const { money, rates } = await standingsOf(applied, { budgets, rates: callLimits.rates }, now)
    const least = cost === null ? zeroUsd : parseUsd(cost.least)
    const told = [
      ...rates.map((rate) => ({ ...showRate(rate, now), would: rate.remaining < 1 ? 'refuse' : 'admit' })),
      ...money.map((one) => ({ ...showBudget(one), would: wouldDo(one, least, fits) })),
    ]
    return { limits: told, refused_by: told.find(({ would }) => would === 'refuse') ?? null }
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
    const circumstances = { maxAttempts: engine.maxAttempts, monotonic: clock.monotonic() }
    const plan = engine.plan(call)
    const explanation = explainRoute(call, plan, circumstances)
    const fits: Fits = (left) => wouldFit(call, plan, engine.maxAttempts, left)
    respondJson(response, id, { ...explanation, ...(await limitsOf(call, explanation.cost, fits)) })
  }
}

/** Whether a request could be made with so much left; `undefined`: nobody knows what it costs. */
type Fits = (left: PicoUsd) => boolean | undefined

/**
 * What a limit on money would do with a request.
 *
 * @param least that the request can cost.
 */
function wouldDo(
  { budget, remaining }: KnownBudget,
  least: PicoUsd,
  fits: Fits,
): 'admit' | 'refuse' | 'fall_back' | 'notify' {
  const { onReached } = budget.applied.limit
  const isLeft = remaining > 0n && remaining >= least
  // Who only tells has nothing set aside.
  if (isLeft && (onReached === 'notify' || fits(remaining) !== false)) return 'admit'
  return reached[onReached]
}

const reached = { stop: 'refuse', fallback: 'fall_back', notify: 'notify' } as const
