import { boundOfPrompt } from '../meter/most-usage.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import { PlanCost } from './plan-cost.ts'
import type { Slices } from './sliced-answer.ts'

/** A call as it may be sent once so much is set aside for it. */
export interface SizedCall {
  readonly call: Call
  readonly amount: PicoUsd
  /** Set where that is enough for the beginning of a stream, which is to set more aside as it goes on. */
  readonly slices?: Slices | undefined
}

/** What an answer is left where there is little money: most are shorter, and every model takes such a limit. */
export const USUAL_TOKENS = 4096
/** Less than this is no answer to anything. */
export const LEAST_TOKENS = 16
/** What is asked for at the most of a model whose own limit nobody has told: a longer one may be refused by the upstream. */
export const MOST_BOUND_TOKENS = 32_768
/** The part of what is left of a budget that one request may set aside, if nobody limits it further. */
const SHARE = 4n

/**
 * What is to be set aside for a call, at the most that it can be charged. A call that sets no limit to its answer is given one by
 * what is left, and is sent with it; nothing is ever taken to cost less than it may.
 */
export class HoldSize {
  readonly #call: Call
  readonly #plan: RoutePlan
  readonly #isLimitedByCaller: boolean
  /** What a rate of tokens has left for each answer; `Infinity`: none has bounded it. */
  readonly #rated: number
  readonly #attempts: number
  #cost: PlanCost
  /** Of the prompt, once its bytes alone would take too much; 0: as many as its bytes allow. */
  #promptTokens = 0
  /** Tried so far, of a call that is given a limit. */
  #tokens = Infinity

  private constructor(call: Call, plan: RoutePlan, attempts: number, cost: PlanCost) {
    const { limitedTo, size, choices } = operations[call.endpoint]
    const { outputTokens } = size(call)
    const isRated = call.isBoundByBudget === true
    this.#call = call
    this.#plan = plan
    this.#attempts = attempts
    this.#cost = cost
    this.#isLimitedByCaller = limitedTo === undefined || (outputTokens !== undefined && !isRated)
    this.#rated = isRated && outputTokens !== undefined ? outputTokens / choices(call) : Infinity
  }

  /**
   * @param maxAttempts how often it may be tried; what is charged for more than one is only an answer that others take up.
   * @returns `undefined` where somebody of the plan has no price.
   */
  static of(call: Call, plan: RoutePlan, maxAttempts: number): HoldSize | undefined {
    const attempts = call.stream && call.outline.provider?.continue === true ? maxAttempts : 1
    const cost = PlanCost.of(call, plan, attempts)
    return cost && new HoldSize(call, plan, attempts, cost)
  }

  /** What to ask for first, where about so much is left of the budget that has the least. */
  first(left: PicoUsd): SizedCall {
    const share = picoUsd(left / SHARE)
    const most = this.#cost.most()
    if (most <= share) return { call: this.#sent(Infinity), amount: most }
    // What is set aside for nothing is missed when a stream asks for its next slice.
    if (this.#cost.most(0) > share) this.#closer()
    if (this.#isLimitedByCaller) return this.#whole()
    const affordable = this.#cost.tokensFor(share)
    return this.#limitedTo(Math.min(Math.max(affordable, USUAL_TOKENS), mostBound(this.#call, everybodyOf(this.#plan))))
  }

  /** What to ask for once that was too much, where so much was left; `undefined`: nothing that it can be answered with. */
  within(left: PicoUsd): SizedCall | undefined {
    if (this.#isLimitedByCaller) {
      if (this.least > left) this.#closer()
      return this.least > left ? undefined : this.#whole()
    }
    if (this.#cost.tokensFor(left) < Math.min(this.#tokens, USUAL_TOKENS)) this.#closer()
    const tokens = Math.min(this.#cost.tokensFor(left), this.#tokens, USUAL_TOKENS)
    return tokens < LEAST_TOKENS ? undefined : this.#limitedTo(tokens)
  }

  /** The least that the call can be made for. */
  get least(): PicoUsd {
    return this.#cost.most(this.#isLimitedByCaller ? (this.#sliced?.first ?? Infinity) : LEAST_TOKENS)
  }

  /** A call with its caller's own limit: all of its answer, or its beginning, where more can be set aside as it comes. */
  #whole(): SizedCall {
    const slices = this.#sliced
    if (slices === undefined) return { call: this.#sent(Infinity), amount: this.#cost.most() }
    return { call: this.#sent(Infinity), amount: slices.cost(slices.first), slices }
  }

  /** What is set aside as a stream begins, and then; `undefined`: all that it may have, at once. */
  get #sliced(): Slices | undefined {
    const { endpoint, stream } = this.#call
    const { choices: choicesOf, size, stream: traits } = operations[endpoint]
    if (!stream || traits?.isMetered !== true || this.#attempts > 1) return undefined
    const choices = choicesOf(this.#call)
    const most = (size(this.#call).outputTokens ?? 0) / choices
    if (most <= USUAL_TOKENS) return undefined
    // What a model thinks may not be in what it says, and is charged all the same. A gateway further on is told one limit of cost.
    const isUnseen = everybodyOf(this.#plan).some(
      ({ entry, adapter }) => adapter.routesItself === true || entry.capabilities.includes('reasoning'),
    )
    if (isUnseen) return undefined
    const cost = this.#cost
    return { first: USUAL_TOKENS, most, choices, cost: (tokens) => cost.most(tokens) }
  }

  /** Looks at the prompt as closely as can be without knowing the model's tokens. */
  #closer(): void {
    if (this.#promptTokens > 0) return
    const { closerInputTokens } = operations[this.#call.endpoint]
    const tokens = closerInputTokens?.(this.#call, everybodyOf(this.#plan)) ?? Infinity
    if (tokens >= (this.#call.mostPromptTokens ?? boundOfPrompt(this.#call))) return
    this.#promptTokens = tokens
    this.#cost = PlanCost.of({ ...this.#call, mostPromptTokens: tokens }, this.#plan, this.#attempts) ?? this.#cost
  }

  #limitedTo(wanted: number): SizedCall {
    const tokens = Math.min(wanted, this.#rated)
    this.#tokens = tokens
    return { call: this.#sent(tokens), amount: this.#cost.most(tokens) }
  }

  /** @param tokens that each choice may have; `Infinity`: as many as the call says. */
  #sent(tokens: number): Call {
    const call = this.#promptTokens === 0 ? this.#call : { ...this.#call, mostPromptTokens: this.#promptTokens }
    const { limitedTo } = operations[call.endpoint]
    if (tokens === Infinity || limitedTo === undefined) return call
    // Its limit makes the body longer, and is no part of the prompt.
    const mostPromptTokens = call.mostPromptTokens ?? boundOfPrompt(call)
    return { ...limitedTo(call, tokens), mostPromptTokens, isBoundByBudget: true }
  }
}

/** Those as well that are asked only where others have no room for it, or decline it. */
const everybodyOf = ({ targets, contextWindow, contentPolicy }: RoutePlan): readonly Target[] => [
  ...targets,
  ...contextWindow,
  ...contentPolicy,
]

/** What every model of some targets takes as the limit of an answer, as far as that is known: its window has to hold the prompt too. */
export function mostBound(call: Call, targets: readonly Target[]): number {
  let most = MOST_BOUND_TOKENS
  for (const { entry } of targets) {
    if (entry.contextWindow === undefined) continue
    const left = entry.contextWindow - operations[call.endpoint].size(call).inputTokens
    most = Math.min(most, Math.max(left, Math.trunc(entry.contextWindow / 4)))
  }
  return most
}
