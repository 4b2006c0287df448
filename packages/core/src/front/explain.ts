import type { Price } from '../catalog/model.ts'
import { nextStep, type NextStep } from '../attempt/next-step.ts'
import { otherModels } from '../attempt/other-models.ts'
import type { FailureClass } from '../failure.ts'
import { formatUsd, type PicoUsd } from '../money.ts'
import { costRange, type CostRange } from '../pricing/cost-range.ts'
import { priceAt } from '../pricing/price-at.ts'
import { showConditions, showRates } from '../pricing/show-price.ts'
import type { ShownRates } from '../units.ts'
import type { ShownCondition } from '../wire/models.ts'
import { unsupportedBy } from '../providers/operation-of.ts'
import type { Exclusion, RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'

/** Rates by unit, and those that hold under a condition. The usual ones are there in any case. */
type ShownPrice = Omit<ShownRates, 'input_per_1m' | 'output_per_1m' | 'per_image'> & {
  input_per_1m: string | null
  output_per_1m: string | null
  per_image: string | null
  conditions?: readonly (ShownCondition & ShownRates)[]
}

/** One place that a request would be sent to. */
export interface Candidate {
  model: string
  provider: string
  upstream_model: string
  /** What is known of it: `closed` works, `open` fails at present, `half_open` is to be tried again. */
  state: 'closed' | 'open' | 'half_open'
  /** The customer's price in USD per 1M tokens or per image; `null`: it has none. */
  price: ShownPrice | null
  /** What this request would cost there, in USD: decimal strings. `most` is `null` when the request sets no limit. */
  cost: { least: string; most: string | null } | null
  /** Medians of what was measured lately; `null`: nothing was. */
  latency_ms: number | null
  tokens_per_second: number | null
  /** Parameters of the request that it would not get. */
  dropped_params: readonly string[]
}

/** What would become of a request, without sending it. */
export interface RouteExplanation {
  object: 'route.explanation'
  model: string
  endpoint: Call['endpoint']
  strategy: RoutePlan['strategy']
  /** In the order to try. */
  candidates: Candidate[]
  excluded: Exclusion[]
  /** Over all candidates, in USD; `null` when one of them has no price. */
  cost: { least: string; most: string | null } | null
  max_attempts: number
  /** When a second candidate is asked as well, in ms; `null`: never. */
  hedge_after_ms: number | null
  /** What follows if the first candidate fails, by the class of its failure. */
  on_failure: Record<FailureClass, { step: NextStep; next: string[] }>
}

/** Explains a plan. Pure: nothing is sent, nothing counted. */
export function explainRoute(
  call: Call,
  plan: RoutePlan,
  { maxAttempts, monotonic }: { maxAttempts: number; monotonic: number },
): RouteExplanation {
  const costs = plan.targets.map((target) => costAt(target, call))
  return {
    object: 'route.explanation',
    model: call.outline.model,
    endpoint: call.endpoint,
    strategy: plan.strategy,
    candidates: plan.targets.map((target, index) => candidateOf(target, costs[index], call, monotonic)),
    excluded: [...plan.excluded],
    cost: shown(overall(costs)),
    max_attempts: maxAttempts,
    hedge_after_ms: plan.hedgeAfterMs ?? null,
    on_failure: Object.fromEntries(
      FAILURES.map((failureClass) => [failureClass, whatFollows(failureClass, plan, maxAttempts)]),
    ) as RouteExplanation['on_failure'],
  }
}

const FAILURES: readonly FailureClass[] = Object.keys({
  transient: 1,
  timeout: 1,
  rate_limit: 1,
  quota: 1,
  credential: 1,
  model_unavailable: 1,
  context_window: 1,
  content_policy: 1,
  caller_fault: 1,
  unfit: 1,
  cancelled: 1,
  unknown: 1,
} satisfies Record<FailureClass, 1>) as FailureClass[]

function candidateOf(target: Target, cost: CostRange | undefined, call: Call, monotonic: number): Candidate {
  const { model, provider, upstreamModel, entry, health } = target
  const price = priceAt(entry.prices, call.receivedAt)
  return {
    model,
    provider,
    upstream_model: upstreamModel,
    state: health.state(monotonic),
    price: price === undefined ? null : shownPrice(price),
    cost: shown(cost),
    latency_ms: health.latencyMs ?? null,
    tokens_per_second: health.tokensPerSecond ?? null,
    dropped_params: unsupportedBy(target.adapter, call, target),
  }
}

function shownPrice(price: Price): ShownPrice {
  const conditions = showConditions(price)
  return {
    input_per_1m: null,
    output_per_1m: null,
    per_image: null,
    ...showRates(price),
    ...(conditions !== undefined && { conditions }),
  }
}

function costAt({ entry }: Target, call: Call): CostRange | undefined {
  const price = priceAt(entry.prices, call.receivedAt)
  return price === undefined ? undefined : costRange(operations[call.endpoint].size(call), price)
}

function overall(costs: readonly (CostRange | undefined)[]): CostRange | undefined {
  const known = costs.filter((cost) => cost !== undefined)
  const [first] = known
  if (first === undefined || known.length < costs.length) return undefined
  const most = known.map((cost) => cost.most)
  return {
    least: known.reduce((least, cost) => smaller(least, cost.least), first.least),
    most: most.reduce((a, b) => (a === undefined || b === undefined ? undefined : larger(a, b)), first.most),
  }
}

const smaller = (a: PicoUsd, b: PicoUsd): PicoUsd => (a < b ? a : b)
const larger = (a: PicoUsd, b: PicoUsd): PicoUsd => (a > b ? a : b)

const shown = (cost: CostRange | undefined): Candidate['cost'] =>
  cost === undefined
    ? null
    : { least: formatUsd(cost.least), most: cost.most === undefined ? null : formatUsd(cost.most) }

function whatFollows(
  failureClass: FailureClass,
  plan: RoutePlan,
  maxAttempts: number,
): { step: NextStep; next: string[] } {
  const [first, ...rest] = plan.targets
  const failure = { class: failureClass, mayBeBilled: false, message: '' }
  const step = nextStep({
    failure,
    billedBefore: false,
    anotherKey: first.keys.size > 1,
    anotherTarget: rest.length > 0,
    attemptsLeft: maxAttempts - 1,
    routesItself: first.adapter.routesItself === true,
  })
  switch (step) {
    case 'stop':
      return { step, next: [] }
    case 'retry_here':
    case 'next_key':
      return { step, next: named([first]) }
    case 'next_target':
      return { step, next: named(rest) }
    case 'next_model': {
      const others = named(otherModels(failure, plan, plan.targets, [first]))
      return { step: others.length === 0 ? 'stop' : step, next: others }
    }
  }
}

const named = (targets: readonly Target[]): string[] => targets.map(({ model, provider }) => `${model} at ${provider}`)
