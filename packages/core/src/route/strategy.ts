import type { Price } from '../catalog/model.ts'
import type { Random } from '../clock.ts'
import type { StrategyName } from '../config.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Call } from '../operations/call.ts'
import { unitEntries } from '../units.ts'
import { dearestRow } from './dearest-row.ts'
import type { Target } from './target.ts'

export interface StrategyContext {
  readonly random: Random
  /** By provider, for `weighted`. Default: 1 each. */
  readonly weights: Readonly<Record<string, number>>
  /** In ms since the epoch: prices change. */
  readonly now: number
  /** What is asked, for prices that depend on it. Default: anything. */
  readonly call?: Call | undefined
}

/** Puts the targets of one model in the order to try. Pure: the same targets, health and random numbers, the same order. */
export type Strategy = (targets: readonly Target[], context: StrategyContext) => readonly Target[]

export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  ordered: (targets) => targets,
  weighted: (targets, context) => drawn(targets, context),
  price: (targets, { now, call }) => ascending(targets, (target) => typicalPrice(target, now, call)),
  // A target nobody has measured yet goes first, once: otherwise it would never be measured.
  latency: (targets) => ascending(targets, ({ health }) => health.latencyMs ?? 0),
  throughput: (targets) => ascending(targets, ({ health }) => -(health.tokensPerSecond ?? Infinity)),
  least_busy: (targets) => ascending(targets, ({ health }) => health.inFlight),
}

/**
 * A stable sort: equals keep the order of the configuration. By insertion, since a model has a handful of targets: the
 * engine's own sort took half of a routing decision.
 */
export function ascending(targets: readonly Target[], by: (target: Target) => number): readonly Target[] {
  const order: Target[] = []
  const ranks: number[] = []
  for (const target of targets) {
    const rank = by(target)
    let at = order.length
    for (; at > 0 && (ranks[at - 1] ?? 0) > rank; at -= 1) {
      order[at] = order[at - 1] as Target
      ranks[at] = ranks[at - 1] as number
    }
    order[at] = target
    ranks[at] = rank
  }
  return order
}

/** One after the other, each with the chance that its weight has among those left. A weight of 0 comes last. */
function drawn(targets: readonly Target[], { random, weights }: StrategyContext): readonly Target[] {
  const left = targets.map((target) => ({ target, weight: weightOf(target, weights) }))
  const order: Target[] = []
  while (left.length > 0) {
    let point = random() * left.reduce((sum, { weight }) => sum + weight, 0)
    let at = left.findIndex(({ weight }) => (point -= weight) < 0)
    if (at === -1) at = 0
    order.push(...left.splice(at, 1).map(({ target }) => target))
  }
  return order
}

const weightOf = ({ provider }: Target, weights: Readonly<Record<string, number>>): number =>
  Object.hasOwn(weights, provider) ? (weights[provider] ?? 1) : 1

/** A prompt is usually about three times as long as its answer. */
const INPUT_SHARE = 3

/**
 * What a target costs the operator, or the model its customer where nobody said, as dear as the call may meet it; one without a
 * price comes last.
 */
function typicalPrice({ costs, entry }: Target, now: number, call: Call | undefined): number {
  const inForce: Price | undefined = priceAt(costs ?? entry.prices, now)
  if (inForce === undefined) return Infinity
  const price = dearestRow(inForce, call)
  if (price.input === undefined && price.output === undefined) {
    const piece = unitEntries.find(({ per, rate }) => per === 'each' && price[rate] !== undefined)
    return piece === undefined ? Infinity : Number(price[piece.rate])
  }
  if (price.image !== undefined && price.input === undefined) return Number(price.image)
  return Number(price.input ?? 0n) * INPUT_SHARE + Number(price.output ?? 0n)
}
