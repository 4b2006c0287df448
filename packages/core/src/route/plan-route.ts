import { matchesGlob } from '../catalog/glob.ts'
import { nearestIds } from '../catalog/nearest-ids.ts'
import type { RoutingConfig } from '../config.ts'
import { SpekaError } from '../errors.ts'
import { endpointPath, type Endpoint } from '../wire/endpoint.ts'
import { keyVariablesFor } from './key-variables.ts'
import type { RoutedModel, RoutingTable } from './routing-table.ts'
import type { Target } from './target.ts'

/** What a key may use. */
export interface Access {
  readonly sandboxOnly?: boolean | undefined
  /** Globs of the models that may be used. Default: all. */
  readonly allowedModels?: readonly string[] | undefined
}

/** What is asked of the router: pure data. */
export interface RouteQuestion extends Access {
  readonly endpoint: Endpoint
  readonly model: string
  /** Models to fall back to, as the request names them. */
  readonly models: readonly string[]
}

/** Why a model of the question is not in the plan. */
export interface Exclusion {
  readonly model: string
  readonly reason: string
}

/** Where a request goes: in this order, until one answers. */
export interface RoutePlan {
  readonly targets: readonly [Target, ...Target[]]
  /** Where to go instead when the prompt is too long for a model, or its content was declined. */
  readonly contextWindow: readonly Target[]
  readonly contentPolicy: readonly Target[]
  readonly excluded: readonly Exclusion[]
}

/**
 * Plans a request: the asked-for model's targets, then those of each fallback. A fallback that cannot be called is left
 * out and listed; the asked-for model must exist.
 *
 * @throws SpekaError `model_not_found`, `model_not_allowed` or `wrong_endpoint`, when nothing can be tried.
 */
export function planRoute(question: RouteQuestion, table: RoutingTable, routing: RoutingConfig): RoutePlan {
  const { model } = question
  const find = (id: string): RoutedModel => {
    // First, since a model of another endpoint is there, callable or not.
    const known = table.find(id)
    if (known !== undefined) refuseOtherEndpoint(question.endpoint, known)
    return servingEndpoint(findCallable(id, question, table), question.endpoint)
  }
  const wanted = find(model)
  const excluded: Exclusion[] = []
  const targetsFor = (ids: readonly string[]): Target[] =>
    ids.flatMap((id) => {
      try {
        return find(id).targets
      } catch (error) {
        if (!SpekaError.is(error)) throw error
        excluded.push({ model: id, reason: error.message })
        return []
      }
    })
  const name = wanted.model.id
  const named = (lists: RoutingConfig['fallbacks'] = {}): readonly string[] =>
    // A stranger's id may be the name of something every object has.
    lists[[model, name, '*'].find((key) => Object.hasOwn(lists, key)) ?? ''] ?? []
  const fallbacks = [...question.models, ...named(routing.fallbacks)]
  const [first, ...others] = wanted.targets
  if (first === undefined) throw new SpekaError('model_not_found', notCallable(wanted), { param: 'model' })
  const start: [Target, ...Target[]] = [first, ...others]
  return {
    targets:
      first.adapter.routesItself === true
        ? [leavesFallbacksTo(first, fallbacks, question, table)]
        : distinct(start, targetsFor(fallbacks)),
    contextWindow: targetsFor(named(routing.context_window_fallbacks)),
    contentPolicy: targetsFor(named(routing.content_policy_fallbacks)),
    excluded,
  }
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

const mayUse = ({ allowedModels }: Access, model: string): boolean =>
  allowedModels?.some((glob) => matchesGlob(glob, model)) !== false

/** @throws SpekaError `wrong_endpoint` */
function refuseOtherEndpoint(endpoint: Endpoint, { model: { id, endpoints } }: RoutedModel): void {
  if (endpoints.includes(endpoint)) return
  const paths = endpoints.map((own) => endpointPath[own]).join(' and ')
  const message = `"${shorten(id)}" does not answer on this endpoint. It is served at ${paths}.`
  throw new SpekaError('wrong_endpoint', message, { param: 'model' })
}

/**
 * The targets that offer an endpoint: a model may be for more than each of its providers is.
 *
 * @throws SpekaError `wrong_endpoint`
 */
function servingEndpoint(routed: RoutedModel, endpoint: Endpoint): RoutedModel {
  const offers = ({ adapter }: Target): boolean => endpoint in adapter
  if (routed.targets.every(offers)) return routed
  const targets = routed.targets.filter(offers)
  if (targets.length > 0) return { ...routed, targets }
  const names = [...new Set(routed.targets.map(({ provider }) => provider))].join(', ')
  const message = `"${shorten(routed.model.id)}" is served by ${names}, which has nothing at ${endpointPath[endpoint]}.`
  throw new SpekaError('wrong_endpoint', message, { param: 'model' })
}

/**
 * A model and those of its targets that a key may use.
 *
 * @throws SpekaError `model_not_found` or `model_not_allowed`, when there is none.
 */
export function findCallable(id: string, access: Access, table: RoutingTable): RoutedModel {
  const found = table.find(id)
  if (found === undefined) throw new SpekaError('model_not_found', notFound(id, table), { param: 'model' })
  if (found.targets.length === 0) throw new SpekaError('model_not_found', notCallable(found), { param: 'model' })
  if (!mayUse(access, found.model.id)) {
    throw new SpekaError(
      'model_not_allowed',
      `This key may not use "${shorten(id)}". It may use: ${access.allowedModels?.join(', ')}.`,
      { param: 'model' },
    )
  }
  if (access.sandboxOnly !== true) return found
  const targets = found.targets.filter((target) => target.adapter.type === 'sandbox')
  if (targets.length > 0) return { ...found, targets }
  throw new SpekaError(
    'model_not_allowed',
    `A test key reaches only the sandbox: use "speka/sandbox", or a live key for "${shorten(id)}".`,
    { param: 'model' },
  )
}

function notFound(id: string, table: RoutingTable): string {
  const near = nearestIds(id, [...table.models.map(({ model }) => model.id), ...table.aliases.keys()])
  const hint =
    near.length === 0
      ? 'GET /v1/models lists what there is.'
      : `Did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`
  return `No model is called "${shorten(id)}". ${hint}`
}

function notCallable({ model, off = [] }: RoutedModel): string {
  if (off.length > 0)
    return `"${model.id}" cannot be called: its provider ${off.join(', ')} has no key here. Give it one.`
  const variables = keyVariablesFor(model.id)
  const remedy =
    variables.length === 0 ? 'Give it a target in the configuration.' : `Set ${variables.join(' or ')} to switch it on.`
  return `"${model.id}" is in the catalog, but no provider that serves it is configured here. ${remedy}`
}

/** Well-formed and short enough to show: ids come from strangers. */
const shorten = (id: string): string => (id.length > 100 ? `${id.slice(0, 100)}…` : id).toWellFormed()

/** Each target once, the first time it comes up. */
function distinct(start: [Target, ...Target[]], more: readonly Target[]): [Target, ...Target[]] {
  if (start.length + more.length === 1) return start
  const seen = new Set(start.map(placeOf))
  return [...start, ...more.filter((target) => !seen.has(placeOf(target)) && seen.add(placeOf(target)))]
}

const placeOf = ({ provider, upstreamModel }: Target) => `${provider}\n${upstreamModel}`
