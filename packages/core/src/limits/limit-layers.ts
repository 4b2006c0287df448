import type { Clock } from '../clock.ts'
import type { RoutingConfig } from '../config.ts'
import type { Engine } from '../engine.ts'
import type { Call } from '../operations/call.ts'
import type { RoutingTable } from '../route/routing-table.ts'
import type { Target } from '../route/target.ts'
import type { Admission } from './admission.ts'
import type { LimitBook } from './limit-book.ts'
import { mostBound } from './hold-size.ts'
import type { OnRefused } from './on-refused.ts'
import { moneyLayer, type PlanningEngine } from './money-layer.ts'
import type { Notices } from './notices.ts'
import { ratesLayer, tokenRatesLayer } from './rates-layer.ts'
import type { Rates } from './rates.ts'

/** What limits calls: which limits apply to each, what is left of their money, and where their rates stand. */
export interface EngineLimits {
  readonly book: LimitBook
  readonly admission: Admission
  readonly rates: Rates
  /** Told of what is spent and refused. Default: nobody is. */
  readonly notices?: Notices | undefined
  /** Told of each request that a limit refuses. It returns at once, and throws nothing. Default: nobody is. */
  readonly onRefused?: OnRefused | undefined
}

/** An engine that can tell who may answer a call without planning it, nearly always. */
export interface RoutingEngine extends PlanningEngine {
  readonly table: RoutingTable
  /** What may be asked in place of a model that a call names. Default: nothing. */
  readonly routing: Pick<RoutingConfig, 'fallbacks' | 'context_window_fallbacks'>
}

/** An engine that keeps to limits of tokens and of money: innermost, so that what is counted is the call as it will be sent. */
export const withMoneyLimits = (engine: RoutingEngine, limits: EngineLimits, clock: Clock): Engine =>
  tokenRatesLayer({ ...limits, clock, mostAnswer: (call) => mostBound(call, answering(call, engine)) })(
    moneyLayer(engine, { ...limits, clock }),
  )

/** Those that a call may be answered by, as far as it matters which models they have. */
function answering(call: Call, engine: RoutingEngine): readonly Target[] {
  const { model, models } = call.outline
  const { fallbacks, context_window_fallbacks: others } = engine.routing
  // It will be planned once more with its bound, and what has only one model needs no plan to tell which.
  if ((models?.length ?? 0) === 0 && fallbacks === undefined && others === undefined && !model.includes(':')) {
    const targets = engine.table.find(model)?.targets ?? []
    const [first] = targets
    if (first !== undefined && targets.every(({ entry }) => entry.contextWindow === first.entry.contextWindow))
      return targets
  }
  return engine.plan(call).targets
}

/** What stands around all other layers, since it refuses for least: the rates of requests. */
export const withRateLimits = (engine: Engine, limits: EngineLimits, clock: Clock): Engine =>
  ratesLayer({ ...limits, clock })(engine)
