import type { Clock } from '../clock.ts'
import type { Engine } from '../engine.ts'
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

/** An engine that keeps to limits of tokens and of money: innermost, so that what is counted is the call as it will be sent. */
export const withMoneyLimits = (engine: PlanningEngine, limits: EngineLimits, clock: Clock): Engine =>
  tokenRatesLayer({ ...limits, clock, mostAnswer: (call) => mostBound(call, engine.plan(call)) })(
    moneyLayer(engine, { ...limits, clock }),
  )

/** What stands around all other layers, since it refuses for least: the rates of requests. */
export const withRateLimits = (engine: Engine, limits: EngineLimits, clock: Clock): Engine =>
  ratesLayer({ ...limits, clock })(engine)
