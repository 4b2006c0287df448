import type { Clock } from '../clock.ts'
import type { Engine, Layer } from '../engine.ts'
import type { Admission } from './admission.ts'
import type { LimitBook } from './limit-book.ts'
import { moneyLayer, type PlanningEngine } from './money-layer.ts'
import type { Notices } from './notices.ts'
import type { Rates } from './rates.ts'

/** What limits calls: which limits apply to each, what is left of their money, and where their rates stand. */
export interface EngineLimits {
  readonly book: LimitBook
  readonly admission: Admission
  readonly rates: Rates
  /** Told of what is spent and refused. Default: nobody is. */
  readonly notices?: Notices | undefined
}

/** An engine that holds limits on money: innermost, so that what is set aside is for the call as it will be sent. */
export const withMoneyLimits = (engine: PlanningEngine, limits: EngineLimits, clock: Clock): Engine =>
  moneyLayer(engine, { ...limits, clock })

/** The layers that stand where rates do. */
export const rateLayers = (_limits: EngineLimits, _clock: Clock): readonly Layer[] => []
