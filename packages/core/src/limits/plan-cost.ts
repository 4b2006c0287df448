import type { Price } from '../catalog/model.ts'
import { mostInputTokens, mostOfEach } from '../meter/most-usage.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { termsOf } from '../pricing/cost-of.ts'
import { highestRate } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import { rowsInReach } from '../pricing/price-row.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import type { CountedByPiece } from '../units.ts'

/** What a call may be charged at the most by one row of a price, as far as that does not depend on the length of its answer. */
interface RowCost {
  readonly input: bigint
  /** Of each token of the prompt, and of the answer. */
  readonly inputToken: bigint
  readonly output: bigint
  /** All that may be charged in place of tokens, and all that may be besides them. */
  readonly instead: bigint
  readonly besides: bigint
  /** As many tokens as the answer can have, all choices together. */
  readonly mostOutput: number
}

/** The most that a call can be charged, whoever of its plan answers it, by the dearest condition that any of their prices has. */
export class PlanCost {
  readonly #rows: readonly RowCost[]
  readonly #choices: number

  private constructor(rows: readonly RowCost[], choices: number) {
    this.#rows = rows
    this.#choices = choices
  }

  /**
   * @param attempts how many may be charged: one, unless an answer that breaks off is to be taken up by others.
   * @returns `undefined` where somebody of the plan has no price for such a call.
   */
  static of(call: Call, plan: RoutePlan, attempts = 1): PlanCost | undefined {
    const rows: RowCost[] = []
    for (const target of placesOf(plan)) {
      const costs = costsAt(target, call)
      if (costs === undefined) return undefined
      rows.push(...(attempts === 1 ? costs : costs.map((cost) => takenUp(cost, BigInt(attempts)))))
    }
    return new PlanCost(rows, operations[call.endpoint].choices(call))
  }

  /** @param outputTokens of each choice. Default: as many as it can have. */
  most(outputTokens = Infinity): PicoUsd {
    let most = 0n
    for (const { input, output, instead, besides, mostOutput } of this.#rows) {
      const tokens = input + output * BigInt(Math.min(outputTokens * this.#choices, mostOutput))
      const cost = (tokens > instead ? tokens : instead) + besides
      if (cost > most) most = cost
    }
    return picoUsd(most)
  }

  /** How many tokens each choice may have for an amount; below zero: all else costs more already. */
  tokensFor(amount: PicoUsd): number {
    let fewest = Infinity
    for (const { input, output, instead, besides, mostOutput } of this.#rows) {
      const left = amount - besides - input
      if (left < 0n || amount - besides < instead) return -1
      if (left >= output * BigInt(mostOutput)) continue
      fewest = Math.min(fewest, Number(left / output / BigInt(this.#choices)))
    }
    return fewest
  }
}

/** Each attempt reads the prompt, and what those before it have said, and says at the most the rest. */
const takenUp = (cost: RowCost, attempts: bigint): RowCost => ({
  ...cost,
  input: cost.input * attempts,
  output: (cost.output + cost.inputToken) * attempts,
  instead: cost.instead * attempts,
  besides: cost.besides * attempts,
})

/** A target of each model that may answer: what it costs depends on nothing else. Those of one model stand together. */
function placesOf({ targets, contextWindow, contentPolicy }: RoutePlan): readonly Target[] {
  if (targets.length + contextWindow.length + contentPolicy.length === 1) return targets
  const all = [...targets, ...contextWindow, ...contentPolicy]
  return all.filter(({ entry }, index) => entry !== all[index + 1]?.entry)
}

/** Whether what a call costs at a target has a bound. */
const hasPriceFor = (target: Target, call: Call): boolean => costsAt(target, call) !== undefined

/** A plan without those whose cost has no bound; `undefined`: the first of them has none. */
export function pricedPart(plan: RoutePlan, call: Call): RoutePlan | undefined {
  const { targets, contextWindow, contentPolicy } = plan
  const isPriced = (target: Target): boolean => hasPriceFor(target, call)
  const [first, ...others] = targets
  if (!isPriced(first)) return undefined
  if ([others, contextWindow, contentPolicy].every((list) => list.every(isPriced))) return plan
  return {
    ...plan,
    targets: [first, ...others.filter(isPriced)],
    contextWindow: contextWindow.filter(isPriced),
    contentPolicy: contentPolicy.filter(isPriced),
  }
}

function costsAt({ entry, adapter }: Target, call: Call): readonly RowCost[] | undefined {
  const price = priceAt(entry.prices, call.receivedAt)
  if (price === undefined) return undefined
  // A gateway may answer with another model than the one it was asked for.
  const window = adapter.routesItself === true ? undefined : entry.contextWindow
  const inputTokens = mostInputTokens(call, window)
  const costs = rowsInReach(price, inputTokens).map((row) => costBy(row, call, inputTokens, window))
  return costs.every((cost) => cost !== undefined) ? costs : undefined
}

/** What a token of the prompt and of the answer can be charged at the most. */
interface DearestTokens {
  readonly input: bigint
  readonly output: bigint
}

/** By rows of prices, which never change. */
const dearest = new WeakMap<Price, DearestTokens>()

function dearestOf(row: Price): DearestTokens {
  const known = dearest.get(row)
  if (known !== undefined) return known
  const { sums } = termsOf(row)
  const made = { input: highestRate(sums, 'inputTokens'), output: highestRate(sums, 'outputTokens') }
  dearest.set(row, made)
  return made
}

function costBy(row: Price, call: Call, inputTokens: number, window: number | undefined): RowCost | undefined {
  const { sums, instead, extras } = termsOf(row)
  const { input: inputToken, output } = dearestOf(row)
  let insteadCost = 0n
  for (const { count, rate } of instead) insteadCost += rate * BigInt(mostOfEach[count as CountedByPiece](call))
  let besides = 0n
  for (const { count, rate } of extras) besides += rate * BigInt(mostOfEach[count as CountedByPiece](call))
  // What is charged by pieces that such a call has none of, and by nothing else, is charged by nothing.
  if (sums.length === 0 && insteadCost === 0n && extras.every(({ presumed }) => presumed === undefined))
    return undefined
  return {
    input: inputToken * BigInt(inputTokens),
    inputToken,
    output,
    instead: insteadCost,
    besides,
    mostOutput: operations[call.endpoint].mostOutputTokens(call, window, 0),
  }
}
