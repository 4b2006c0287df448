import { matchesGlob } from '../catalog/glob.ts'
import { nearestIds } from '../catalog/nearest-ids.ts'
import { SpekaError } from '../errors.ts'
import { operations } from '../operations/operations.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { keyVariablesFor } from './key-variables.ts'
import type { RoutedModel, RoutingTable } from './routing-table.ts'
import type { Target } from './target.ts'

/** What a key may use. */
export interface Access {
  readonly sandboxOnly?: boolean | undefined
  /** Globs of the models that may be used. Default: all. */
  readonly allowedModels?: readonly string[] | undefined
  /** The operations that may be asked for. Default: all. */
  readonly allowedEndpoints?: readonly string[] | undefined
  /** Names of the providers that may answer. Default: all. */
  readonly allowedProviders?: readonly string[] | undefined
}

export const mayUse = ({ allowedModels }: Access, model: string): boolean =>
  allowedModels?.some((glob) => matchesGlob(glob, model)) !== false

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
  return withinReach(id, access, withinProviders(id, access, found))
}

/** The targets at the providers that a key may use. @throws SpekaError `model_not_allowed` */
function withinProviders(id: string, { allowedProviders }: Access, found: RoutedModel): RoutedModel {
  if (allowedProviders === undefined) return found
  const targets = found.targets.filter(({ provider }) => allowedProviders.includes(provider))
  if (targets.length > 0) return targets.length === found.targets.length ? found : { ...found, targets }
  throw new SpekaError(
    'model_not_allowed',
    `None of the providers that this key may use serves "${shorten(id)}". It may use: ${allowedProviders.join(', ')}.`,
    { param: 'model' },
  )
}

/** Of a test key, the sandbox. @throws SpekaError `model_not_allowed` */
function withinReach(id: string, { sandboxOnly }: Access, found: RoutedModel): RoutedModel {
  if (sandboxOnly !== true) return found
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

/**
 * The same for one endpoint.
 *
 * @throws SpekaError `endpoint_not_allowed` and `wrong_endpoint` as well.
 */
export function findServing(id: string, endpoint: OperationName, access: Access, table: RoutingTable): RoutedModel {
  refuseUnallowed(endpoint, access)
  // First, since a model of another endpoint is there, callable or not.
  const known = table.find(id)
  if (known !== undefined) refuseOtherEndpoint(endpoint, known)
  return servingEndpoint(findCallable(id, access, table), endpoint)
}

/** @throws SpekaError `endpoint_not_allowed` */
export function refuseUnallowed(endpoint: OperationName, { allowedEndpoints }: Access): void {
  if (allowedEndpoints === undefined || allowedEndpoints.includes(endpoint)) return
  const message = `This key may not use ${operations[endpoint].paths[0]} (${endpoint}). It may use: ${allowedEndpoints.join(', ')}.`
  throw new SpekaError('endpoint_not_allowed', message)
}

/** @throws SpekaError `wrong_endpoint` */
function refuseOtherEndpoint(endpoint: OperationName, { model: { id, endpoints } }: RoutedModel): void {
  if (endpoints.includes(endpoint)) return
  const paths = endpoints.map((own) => operations[own].paths[0]).join(' and ')
  const message = `"${shorten(id)}" does not answer on this endpoint. It is served at ${paths}.`
  throw new SpekaError('wrong_endpoint', message, { param: 'model' })
}

/**
 * The targets that offer an endpoint: a model may be for more than each of its providers is.
 *
 * @throws SpekaError `wrong_endpoint`
 */
function servingEndpoint(routed: RoutedModel, endpoint: OperationName): RoutedModel {
  const offers = ({ adapter }: Target): boolean => endpoint in adapter
  if (routed.targets.every(offers)) return routed
  const targets = routed.targets.filter(offers)
  if (targets.length > 0) return { ...routed, targets }
  const names = [...new Set(routed.targets.map(({ provider }) => provider))].join(', ')
  const message = `"${shorten(routed.model.id)}" is served by ${names}, which has nothing at ${operations[endpoint].paths[0]}.`
  throw new SpekaError('wrong_endpoint', message, { param: 'model' })
}
