import type { Clock } from '../clock.ts'
import { matchesGlob } from '../catalog/glob.ts'
import type { AnswerSink, Engine, Run } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { startLater } from '../layers/start-later.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { zeroUsd, type PicoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import { isRefusal, type Admission, type Hold, type Refusal } from './admission.ts'
import type { Budget } from './budgets.ts'
import { HeldAnswer, type Counted } from './held-answer.ts'
import { HoldSize, type SizedCall } from './hold-size.ts'
import type { LimitBook } from './limit-book.ts'
import type { AppliedMoney, Limit } from './limit.ts'
import type { Notices } from './notices.ts'
import type { OnRefused } from './on-refused.ts'
import { pricedPart } from './plan-cost.ts'
import { budgetRefusal, unknownLeft, unpriced } from './refusals.ts'
import { SlicedAnswer } from './sliced-answer.ts'
import { budgetAt } from './window.ts'

/** The engine as the money layer needs it: it plans a call, sets money aside for that plan, and has it carried out. */
export interface PlanningEngine extends Engine {
  /** How often a call is tried at the most. */
  readonly maxAttempts: number
  /** @throws SpekaError as a plan does. */
  plan(call: Call): RoutePlan
  /** Starts a call by a plan that was made for it. */
  carryOut(call: Call, plan: RoutePlan, sink: AnswerSink): Run
}

export interface MoneyOptions {
  readonly book: LimitBook
  readonly admission: Admission
  readonly notices?: Notices | undefined
  readonly onRefused?: OnRefused | undefined
  readonly clock: Clock
}

/**
 * Sets money aside for each call that a limit on money applies to, in all of its budgets or in none, before anything is sent; and
 * has the row of its answer count in them. A call that no such limit applies to goes straight on.
 */
export function moneyLayer(next: PlanningEngine, options: MoneyOptions): Engine {
  const { book } = options
  return {
    start(call, sink) {
      const applied = book.appliedTo(call)
      if (applied === undefined || applied.money.length === 0) return next.start(call, sink)
      return new MoneyRound(next, options, call, applied.money).start(sink)
    },
  }
}

/** What is asked of the admission next, and what is begun once it is held. */
interface Offer extends SizedCall {
  readonly plan: RoutePlan
  readonly size: HoldSize | undefined
  readonly budgets: readonly Budget[]
}

/** Each attempt at admission asks for less than the one before, or for what others have given back meanwhile. */
const MOST_ROUNDS = 16

/** One call on its way through its limits on money. */
class MoneyRound {
  readonly #next: PlanningEngine
  readonly #options: MoneyOptions
  readonly #call: Call
  #money: readonly AppliedMoney[]
  /** Limits that were reached, and have the call planned with models of their own. */
  readonly #reached: Limit[] = []
  /** The call as it would ask for the models that it is planned with: by those it is known which limits apply. */
  #asking: Call

  constructor(next: PlanningEngine, options: MoneyOptions, call: Call, money: readonly AppliedMoney[]) {
    this.#next = next
    this.#options = options
    this.#call = call
    this.#asking = call
    this.#money = money
  }

  start(sink: AnswerSink): Run {
    const { admission } = this.#options
    const offer = this.#offer(this.#next.plan(this.#call))
    const outcome = admission.admit(offer)
    if (!(outcome instanceof Promise) && !isRefusal(outcome)) return this.#begin(offer, outcome, sink)
    return startLater(sink, async (signal) => {
      const [held, hold] = await this.#admitted(offer, await outcome, signal)
      const giveBack = (): void => hold.release()
      // Once it has begun, it is the run that is aborted.
      signal.addEventListener('abort', giveBack)
      if (signal.aborted) giveBack()
      return () => this.#begin(held, hold, sink)
    })
  }

  /** What to ask for so that a plan can be carried out. */
  #offer(plan: RoutePlan): Offer {
    const budgets = this.#held(plan)
    if (budgets.length === 0) return { call: this.#call, plan, amount: zeroUsd, size: undefined, budgets }
    const stops = budgets.some(({ applied }) => applied.limit.onReached === 'stop')
    // Nearly always everybody has a price.
    const whole = HoldSize.of(this.#call, plan, this.#next.maxAttempts)
    const priced = whole === undefined ? this.#priced(plan, stops) : plan
    const size = whole ?? HoldSize.of(this.#call, priced, this.#next.maxAttempts)
    // Nobody can tell what it costs, and no limit refuses it for that.
    if (size === undefined) return { call: this.#call, plan, amount: zeroUsd, size, budgets: NO_BUDGETS }
    const { call, amount, slices } = size.first(this.#left(budgets))
    return { call, amount, slices, plan: priced, size, budgets }
  }

  /** The budgets that have to have enough for a call: those that refuse, or plan it otherwise, when they have not. */
  #held({ targets, contextWindow, contentPolicy }: RoutePlan): readonly Budget[] {
    const { receivedAt } = this.#call
    const held: Budget[] = []
    for (const applied of this.#money) {
      const { limit } = applied
      const { models, onReached } = limit
      if (onReached === 'notify' || this.#reached.includes(limit)) continue
      const mayAnswer =
        models === undefined ||
        [targets, contextWindow, contentPolicy].some((list) => list.some(({ model }) => matchesGlob(models, model)))
      if (mayAnswer) held.push(budgetAt(applied, receivedAt))
    }
    return held
  }

  /**
   * A plan without those for whom nothing can be set aside.
   *
   * @throws SpekaError when that is the first of them, and a limit stops.
   */
  #priced(plan: RoutePlan, stops: boolean): RoutePlan {
    if (!stops) return plan
    const priced = pricedPart(plan, this.#call)
    if (priced === undefined) throw unpriced(plan.targets[0].model)
    return priced
  }

  /** About how much is left of the budget that has the least. */
  #left(budgets: readonly Budget[]): PicoUsd {
    let least: PicoUsd | undefined
    for (const budget of budgets) {
      const idle = this.#options.admission.idle(budget) ?? budget.cap
      if (least === undefined || idle < least) least = idle
    }
    return least ?? zeroUsd
  }

  /** Asks again for as long as a call may be sent that costs less. */
  async #admitted(first: Offer, told: Hold | Refusal, signal: AbortSignal): Promise<[Offer, Hold]> {
    const { admission } = this.#options
    let offer = first
    let outcome = told
    for (let round = 0; isRefusal(outcome); round += 1) {
      if (outcome.kind === 'unknown') throw unknownLeft(outcome.budget)
      const next = round < MOST_ROUNDS ? this.#after(outcome, offer) : undefined
      if (next === undefined) throw this.#refused(outcome, offer)
      offer = next
      outcome = await admission.admit(offer, signal)
    }
    return [offer, outcome]
  }

  #after({ budget, left }: Extract<Refusal, { kind: 'exhausted' }>, offer: Offer): Offer | undefined {
    const { limit } = budget.applied
    if (limit.onReached === 'fallback') {
      this.#options.notices?.refused(budget)
      this.#reached.push(limit)
      const plan = this.#planWith(limit.fallback ?? [])
      return plan && this.#offer(plan)
    }
    const sized = offer.size?.within(left)
    return sized && { ...offer, ...sized }
  }

  /** A plan with other models than those that were asked for; `undefined`: none of them can be called. */
  #planWith(models: readonly string[]): RoutePlan | undefined {
    for (const [index, model] of models.entries()) {
      const outline = { ...this.#call.outline, model, models: models.slice(index + 1) }
      const asking = { ...this.#call, outline } as Call
      try {
        const plan = this.#next.plan(asking)
        this.#asking = asking
        this.#money = this.#options.book.appliedTo(asking)?.money ?? []
        return plan
      } catch (error) {
        if (!SpekaError.is(error)) throw error
      }
    }
    return undefined
  }

  #refused({ budget, left }: Extract<Refusal, { kind: 'exhausted' }>, { size }: Offer): SpekaError {
    const { admission, clock, notices, onRefused } = this.#options
    if (budget.applied.limit.mayBeMore === true) return unknownLeft(budget)
    notices?.refused(budget)
    onRefused?.(this.#call, budget.applied)
    const held = admission.held(budget.id)
    return budgetRefusal(budget, { left, held }, size?.least ?? zeroUsd, clock.now())
  }

  #begin({ call: sized, plan, amount, budgets, slices }: Offer, hold: Hold, sink: AnswerSink): Run {
    const call = budgets.length === 0 ? sized : keptByGateways(sized, plan, amount)
    const [reached] = this.#reached
    const answer = new HeldAnswer(sink, {
      hold,
      counted: (record) => this.#counted(record, budgets, hold),
      notes: reached && { limit_fallback: reached.id },
      kept: (counted, charge) => this.#options.notices?.spent(counted, charge),
    })
    try {
      if (slices === undefined) return this.#next.carryOut(call, plan, answer)
      const sliced = new SlicedAnswer(answer, hold, slices)
      return sliced.attach(this.#next.carryOut(call, plan, sliced))
    } catch (error) {
      hold.release()
      throw error
    }
  }

  /** The budgets that an answer counts in: of all limits that apply to it by now, and to the model that answered. */
  #counted({ model }: UsageRecord, held: readonly Budget[], hold: Hold): Counted | Promise<Counted> {
    const { admission, book } = this.#options
    const applied = book.appliedTo(this.#asking)?.money ?? []
    if (applied === this.#money && held.length === applied.length && applied.every(isOfAllModels))
      return { budgets: held, numbers: hold.budgetNumbers }
    const budgets: Budget[] = []
    for (const each of applied) {
      const { models } = each.limit
      if (models === undefined || (model !== undefined && matchesGlob(models, model)))
        budgets.push(budgetAt(each, this.#call.receivedAt))
    }
    if (budgets.length === held.length && budgets.every((budget, index) => budget.id === held[index]?.id))
      return { budgets, numbers: hold.budgetNumbers }
    const numbers = admission.numbers(budgets)
    if (!(numbers instanceof Promise)) return { budgets, numbers }
    return numbers.then(
      (known) => ({ budgets, numbers: known }),
      () => known(budgets, held, hold),
    )
  }
}

const NO_BUDGETS: readonly Budget[] = []

const isOfAllModels = ({ limit }: AppliedMoney): boolean => limit.models === undefined

/** Those of the budgets whose numbers are known in any case: the row is sent all the same when the store does not answer now. */
function known(budgets: readonly Budget[], held: readonly Budget[], { budgetNumbers }: Hold): Counted {
  const numbers = new Map(held.map(({ id }, index) => [id, budgetNumbers[index]]))
  const counted = budgets.filter(({ id }) => numbers.get(id) !== undefined)
  return { budgets: counted, numbers: counted.flatMap(({ id }) => numbers.get(id) ?? []) }
}

const isGateway = ({ adapter }: Target): boolean => adapter.routesItself === true

/** A gateway further on has prices of its own: it is told what the call may cost, and keeps to that. */
function keptByGateways(call: Call, { targets, contextWindow, contentPolicy }: RoutePlan, amount: PicoUsd): Call {
  if (!targets.some(isGateway) && !contextWindow.some(isGateway) && !contentPolicy.some(isGateway)) return call
  const { maxCost } = call
  return { ...call, maxCost: maxCost !== undefined && maxCost < amount ? maxCost : amount }
}
