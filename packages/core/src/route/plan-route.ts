import type { Random } from '../clock.ts'
import type { RoutingConfig } from '../config.ts'
import { SpekaError } from '../errors.ts'
import type { Call } from '../operations/call.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { operations } from '../operations/operations.ts'
import type { SortKey } from '../wire/routing-preferences.ts'
import { nothingLeft, whyExcluded, type ExclusionReason } from './exclude-target.ts'
import { findServing, mayUse, type Access } from './find-callable.ts'
import { keeperOf } from './keeper-of.ts'
import { whyTooDear } from './price-ratio.ts'
import { excludesAny, routePreferences, suffixes, type RoutePreferences } from './route-preferences.ts'
import type { RoutedModel, RoutingTable } from './routing-table.ts'
import { ascending, strategies } from './strategy.ts'
import { placeOf, type Target } from './target.ts'

/** What is asked of the router. */
export interface RouteQuestion extends Access {
  readonly endpoint: OperationName
  readonly model: string
  /** Models to fall back to, as the request names them. */
  readonly models: readonly string[]
  /** The whole call, for preferences, rules and limits. Default: it has none. */
  readonly call?: Call | undefined
}

/** What a plan depends on besides the question and the configuration. */
export interface RouteCircumstances {
  readonly random: Random
  /** Monotonic, in ms: for what is known of targets. */
  readonly monotonic: number
  /** The target that this request's session had last, as {@link placeOf} names it. */
  readonly sessionPlace?: string | undefined
  /** Providers that the operator has taken out. Default: none. */
  readonly isolated?: ReadonlySet<string> | undefined
}

/** What of the question is not in the plan, and why. */
export interface Exclusion {
  readonly model: string
  /** `undefined`: the model itself, wherever it is served. */
  readonly provider?: string | undefined
  readonly rule: ExclusionReason['rule'] | 'not_callable' | 'circuit_open' | 'context_window' | 'no_fallbacks'
  readonly reason: string
}

/** Where a request goes: in this order, until one answers. */
export interface RoutePlan {
  readonly targets: readonly [Target, ...Target[]]
  /** Where to go instead when the prompt is too long for a model, or its content was declined. */
  readonly contextWindow: readonly Target[]
  readonly contentPolicy: readonly Target[]
  readonly excluded: readonly Exclusion[]
  /** How the targets of each model were ordered. */
  readonly strategy: RoutePreferences['strategy']
  /** After how many ms without an answer a second target is asked as well; `undefined`: never. */
  readonly hedgeAfterMs: number | undefined
}

/**
 * Plans a request: the asked-for model's targets, then those of each fallback, as the request's preferences, the rules and what
 * is known of the targets allow. What is left out is listed with its reason; the asked-for model must exist.
 *
 * @throws SpekaError `model_not_found`, `model_not_allowed`, `endpoint_not_allowed`, `wrong_endpoint`, `no_matching_target` or
 *   `cost_limit_exceeded`,
 *   when nothing can be tried.
 */
export function planRoute(
  question: RouteQuestion,
  table: RoutingTable,
  routing: RoutingConfig,
  circumstances: RouteCircumstances,
): RoutePlan {
  const { wanted, suffix } = findWanted(question, table)
  const preferences = routePreferences(question.call, suffix, routing)
  const draft = new Draft(question, table, routing, circumstances, preferences)
  const name = wanted.model.id
  const named = (lists: RoutingConfig['fallbacks']): readonly string[] =>
    // A stranger's id may be the name of something every object has.
    lists?.[[question.model, name, '*'].find((key) => Object.hasOwn(lists, key)) ?? ''] ?? NONE
  const fallbacks = together(question.models, named(routing.fallbacks))
  const own = draft.ordered(wanted, true)
  const kept = question.call?.keptAt
  if (kept !== undefined) return draft.plan(own.length === 0 ? own : [keeperOf(kept, own)])
  const [first] = own
  if (first?.adapter.routesItself === true) return draft.plan([leavesFallbacksTo(first, fallbacks, question, table)])
  const others = draft.fallbacksOf(wanted, fallbacks)
  const contextWindow = draft.fallbacksOf(wanted, named(routing.context_window_fallbacks))
  const contentPolicy = draft.fallbacksOf(wanted, named(routing.content_policy_fallbacks))
  return draft.plan(distinct(own, others), contextWindow, contentPolicy)
}

const NONE: readonly never[] = []
const NOBODY: ReadonlySet<string> = new Set()

const ISOLATED: ExclusionReason = { rule: 'isolated', reason: 'the operator has taken it out' }

/** Nearly always one of two lists is empty, and nothing has to be made. */
function together<Item>(first: readonly Item[], second: readonly Item[]): readonly Item[] {
  if (second.length === 0) return first
  return first.length === 0 ? second : [...first, ...second]
}

/**
 * The asked-for model. An id that is none, but for a suffix, wants its targets ordered in another way.
 *
 * @throws SpekaError as {@link findServing} does.
 */
export function findWanted(
  question: RouteQuestion,
  table: RoutingTable,
): { wanted: RoutedModel; suffix: SortKey | undefined } {
  const { model, endpoint } = question
  const colon = model.lastIndexOf(':')
  const suffix = colon > 0 ? suffixes[model.slice(colon)] : undefined
  const asked = suffix !== undefined && !table.has(model) ? model.slice(0, colon) : model
  return { wanted: findServing(asked, endpoint, question, table), suffix: asked === model ? undefined : suffix }
}

/** A gateway upstream gets the fallbacks' names and chooses among them itself: those that the key may use. */
function leavesFallbacksTo(
  target: Target,
  fallbacks: readonly string[],
  question: RouteQuestion,
  table: RoutingTable,
): Target {
  if (fallbacks.length === 0) return target
  const fallbackModels = fallbacks.filter((id) => mayUse(question, table.find(id)?.model.id ?? id))
  return { ...target, fallbackModels }
}

/** A plan in the making. */
class Draft {
  readonly #question: RouteQuestion
  readonly #table: RoutingTable
  readonly #routing: RoutingConfig
  readonly #circumstances: RouteCircumstances
  readonly #preferences: RoutePreferences
  readonly #excluded: Exclusion[] = []
  /** Targets that a preference of the request ruled out. */
  readonly #unwanted: (ExclusionReason & { model: string; provider: string })[] = []

  constructor(
    question: RouteQuestion,
    table: RoutingTable,
    routing: RoutingConfig,
    circumstances: RouteCircumstances,
    preferences: RoutePreferences,
  ) {
    this.#question = question
    this.#table = table
    this.#routing = routing
    this.#circumstances = circumstances
    this.#preferences = preferences
  }

  /** The targets of one model that may be tried, in the order to try. */
  ordered({ model, targets }: RoutedModel, isWanted = false): readonly Target[] {
    const allowed = this.#allowed(targets)
    if (allowed.length < 2) return allowed
    const { strategy, order, isManual } = this.#preferences
    const weights = this.#routing.weights ?? {}
    const sorted = strategies[strategy](allowed, {
      random: this.#circumstances.random,
      weights: Object.hasOwn(weights, model.id) ? (weights[model.id] ?? {}) : {},
      now: this.#question.call?.receivedAt ?? 0,
      call: this.#question.call,
    })
    if (order.length > 0) return ascending(sorted, (target) => rank(target, order))
    const { sessionPlace } = this.#circumstances
    return isWanted && !isManual && sessionPlace !== undefined ? movedUp(sorted, sessionPlace) : sorted
  }

  /** The same for the models of a list; one that cannot be called is left out. */
  targetsOf(ids: readonly string[]): readonly Target[] {
    if (ids.length === 0) return NONE
    return ids.flatMap((id) => {
      try {
        return this.ordered(findServing(id, this.#question.endpoint, this.#question, this.#table))
      } catch (error) {
        if (!SpekaError.is(error)) throw error
        this.#excluded.push({ model: id, rule: 'not_callable', reason: error.message })
        return []
      }
    })
  }

  /** The same, without those that cost too much beside the model that was asked for. */
  fallbacksOf({ model: asked }: RoutedModel, ids: readonly string[]): readonly Target[] {
    const targets = this.targetsOf(ids)
    const { call } = this.#question
    const { maxPriceRatio: ratio } = this.#preferences
    if (ratio === undefined || call === undefined || targets.length === 0) return targets
    return targets.filter(({ entry, model, provider }) => {
      const why = whyTooDear(entry, { model: asked, ratio }, call)
      if (why !== undefined) this.#excluded.push({ model, provider, ...why })
      return why === undefined
    })
  }

  plan(
    candidates: readonly Target[],
    contextWindow: readonly Target[] = NONE,
    contentPolicy: readonly Target[] = NONE,
  ): RoutePlan {
    const { call } = this.#question
    const [first] = candidates
    if (first === undefined) throw nothingLeft(this.#unwanted, call)
    const fitting = this.#fitting(candidates as Candidates, contextWindow)
    const healthy = this.#healthy(fitting)
    const { allowFallbacks, strategy } = this.#preferences
    const targets = allowFallbacks ? healthy : this.#firstOf(healthy)
    return {
      targets,
      contextWindow: allowFallbacks ? contextWindow : NONE,
      contentPolicy: allowFallbacks ? contentPolicy : NONE,
      excluded: this.#excluded,
      strategy,
      hedgeAfterMs: this.#hedgeAfterMs(first),
    }
  }

  #allowed(targets: readonly Target[]): readonly Target[] {
    const { isolated = NOBODY } = this.#circumstances
    const chooses = excludesAny(this.#preferences, this.#question.call)
    if (!chooses && isolated.size === 0) return targets
    const kept: Target[] = []
    for (const target of targets) {
      const why = isolated.has(target.provider)
        ? ISOLATED
        : chooses
          ? whyExcluded(target, this.#preferences, this.#question.call)
          : undefined
      if (why === undefined) kept.push(target)
      else {
        const { model, provider } = target
        this.#unwanted.push({ model, provider, ...why })
        this.#excluded.push({ model, provider, ...why })
      }
    }
    return kept.length === targets.length ? targets : kept
  }

  /** Without the models that the prompt will not fit, if another is there that it may. */
  #fitting(candidates: Candidates, contextWindow: readonly Target[]): Candidates {
    const { call } = this.#question
    const tokensOf = call && operations[call.endpoint].contextTokens
    if (call === undefined || tokensOf === undefined) return candidates
    let tokens: number | undefined
    const fits = ({ entry }: Target): boolean =>
      entry.contextWindow === undefined || (tokens ??= tokensOf(call)) <= entry.contextWindow
    if (candidates.every(fits)) return candidates
    const [first, ...others] = distinct(candidates, contextWindow).filter(fits)
    if (first === undefined) return candidates
    for (const target of candidates) {
      if (fits(target)) continue
      const reason = `about ${tokens} tokens do not fit its ${target.entry.contextWindow}`
      this.#excluded.push({ model: target.model, provider: target.provider, rule: 'context_window', reason })
    }
    return [first, ...others]
  }

  /** Without the targets that fail at present; if all do, the one that is to be tried again first. */
  #healthy(candidates: Candidates): Candidates {
    const now = this.#circumstances.monotonic
    const works = (target: Target): boolean => isPlaying(target) || target.health.state(now) !== 'open'
    if (candidates.every(works)) return candidates
    const [working, ...others] = candidates.filter(works)
    const kept: Candidates =
      working === undefined
        ? [candidates.reduce((best, target) => (target.health.openUntil < best.health.openUntil ? target : best))]
        : [working, ...others]
    for (const target of candidates) {
      if (kept.includes(target)) continue
      const { model, provider } = target
      this.#excluded.push({ model, provider, rule: 'circuit_open', reason: 'it has failed lately and is left alone' })
    }
    return kept
  }

  #firstOf([first, ...others]: Candidates): Candidates {
    for (const { model, provider } of others) {
      this.#excluded.push({ model, provider, rule: 'no_fallbacks', reason: 'provider.allow_fallbacks is false' })
    }
    return [first]
  }

  #hedgeAfterMs({ model }: Target): number | undefined {
    const { hedge } = this.#routing
    if (hedge === undefined) return undefined
    const key = [this.#question.model, model].find((name) => Object.hasOwn(hedge, name))
    return key === undefined ? undefined : hedge[key]?.after_ms
  }
}

type Candidates = readonly [Target, ...Target[]]

/** The sandbox fails when it is asked to, so nothing is learnt from it. */
const isPlaying = ({ adapter }: Target): boolean => adapter.type === 'sandbox'

/** Providers that `order` does not name come after those it does. */
function rank({ provider }: Target, order: readonly string[]): number {
  const at = order.indexOf(provider)
  return at === -1 ? order.length : at
}

function movedUp(targets: readonly Target[], place: string): readonly Target[] {
  const at = targets.findIndex((target) => placeOf(target) === place)
  const target = targets[at]
  return target === undefined ? targets : [target, ...targets.filter((other) => other !== target)]
}

/** Two lists of targets as one, each place the first time it comes up. A model's own targets are never the same. */
function distinct(targets: readonly Target[], more: readonly Target[]): readonly Target[] {
  if (more.length === 0) return targets
  const seen = new Set<string>()
  return [...targets, ...more].filter((target) => !seen.has(placeOf(target)) && seen.add(placeOf(target)))
}
