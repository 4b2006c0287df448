import { isGlob, matchesGlob } from '../catalog/glob.ts'
import type { Model, Price } from '../catalog/model.ts'
import { shippedModels } from '../catalog/shipped-models.ts'
import { shippedTargets } from '../catalog/shipped-targets.ts'
import { readPrice } from '../catalog/written-price.ts'
import type { GatewayConfig, ModelConfig, OfferedModel, ProviderConfig, TargetConfig } from '../config.ts'
import { HealthBook } from '../health/health-book.ts'
import type { KeyMark } from '../health/key-marks.ts'
import { KeyRing } from '../health/key-ring.ts'
import type { TargetHealth } from '../health/target-health.ts'
import { operations } from '../operations/operations.ts'
import { knownProviders, placeOf, type KnownProvider, type ProviderType } from '../providers/known-providers.ts'
import type { Provider } from '../providers/provider.ts'
import { parseSandboxModel } from '../sandbox/sandbox-model.ts'
import type { Upstream } from '../transport.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { endpointsOf } from './price-problems.ts'
import { checkPrices, readPrices } from './read-prices.ts'
import { samePlace, type Target } from './target.ts'

/** A model and who can serve it now, in the order of preference. No targets: no provider that serves it has a key. */
export interface RoutedModel {
  readonly model: Model
  readonly targets: readonly Target[]
  /** Providers that the configuration names for it and that have no key. */
  readonly off?: readonly string[]
}

/** What a configuration says about models, made ready for look-ups. A reload builds a new one. */
export interface RoutingTable {
  /** Looks a model up by id, then alias, then glob, the longest first. */
  find(id: string): RoutedModel | undefined
  /** Whether a model or an alias has exactly this name, so that nothing else can be meant by it. */
  has(id: string): boolean
  /** Every model with an id of its own, callable or not, the shipped ones included. */
  readonly models: readonly RoutedModel[]
  /** Other names for models. */
  readonly aliases: ReadonlyMap<string, string>
  /** The providers, the sandbox among them. */
  readonly providers: readonly RoutedProvider[]
  /** Where a provider is, by its name in the configuration; `undefined`: there is none, or it cannot be called. */
  place(provider: string): ReachableProvider | undefined
}

/** A provider, whatever the model: where it answers chats, and with which keys. */
export interface ReachableProvider extends Pick<Target, 'provider' | 'adapter' | 'keys'> {}

/** A provider as its operator may see it. */
export interface RoutedProvider {
  readonly name: string
  readonly type: ProviderType
  /** Whether it can be called: it has a key, or needs none. */
  readonly ready: boolean
  /** Whether the operator has taken it out. */
  readonly isolated: boolean
  /** What became of each of its keys the last time it was used, in the order in which they are configured. */
  readonly keys: readonly Readonly<KeyMark>[]
}

interface ConfiguredProvider {
  readonly name: string
  readonly type: ProviderType
  readonly upstream: Upstream
  /** Where it serves an operation, when that is another place. */
  readonly origins: Readonly<Partial<Record<OperationName, string>>>
  readonly adapter: Provider
  readonly keyRing: (at: Upstream) => KeyRing
  readonly credentials: readonly string[]
  readonly healthOf: (upstreamModel: string) => TargetHealth
  /** Whether it can be called: it has a key, or needs none. */
  readonly ready: boolean
}

/** A glob: its targets are made when an id is asked for. */
interface GlobEntry {
  readonly pattern: string
  readonly model: Model
  readonly targets: readonly TargetConfig[]
}

const MOST_REMEMBERED = 1000

const SANDBOX: ProviderConfig = { type: 'sandbox' }

/**
 * Builds the table.
 *
 * @param health what is known of targets from before. Default: nothing.
 * @throws RangeError when a price is not a decimal string, or a target names a provider that is not configured.
 */
export function buildRoutingTable(config: GatewayConfig, health = new HealthBook()): RoutingTable {
  const providers = configuredProviders({ sandbox: SANDBOX, ...config.providers }, health)
  const models = new Map<string, RoutedModel>()
  const globs: GlobEntry[] = []
  for (const model of shippedModels) {
    models.set(model.id, { model, targets: targetsOf(model, usualTargets(model.id, providers), providers) })
  }
  const offered = new Map((config.offered ?? []).map((model) => [model.id, model]))
  for (const [id, entry] of offered) {
    const model = offeredModel(entry)
    models.set(id, { model, targets: targetsOf(model, entry.targets ?? [], providers) })
  }
  for (const [id, entry] of Object.entries(config.models ?? {})) {
    const model = configuredModel(id, entry, models.get(id)?.model)
    const shipped = models.has(id)
    checkPrices(id, entry)
    if (entry.targets === undefined && !shipped) {
      throw new RangeError(`models."${id}" needs targets: it is not among the models that ship with Speka`)
    }
    const targets = entry.targets ?? offered.get(id)?.targets ?? usualTargets(id, providers)
    if (isGlob(id)) globs.push({ pattern: id, model, targets })
    else
      models.set(id, { model, targets: targetsOf(model, targets, providers), off: without(entry.targets, providers) })
  }
  globs.sort((a, b) => b.pattern.length - a.pattern.length)
  const aliases = new Map(Object.entries(config.aliases ?? {}))

  /** Models that globs made callable, by the id that was asked for. */
  const ofGlobs = new Map<string, RoutedModel>()

  const find = (id: string): RoutedModel | undefined => {
    const name = models.has(id) ? id : (aliases.get(id) ?? id)
    const exact = models.get(name)
    if (exact !== undefined && exact.targets.length > 0) return exact
    const known = ofGlobs.get(name)
    if (known !== undefined) return known
    if (parseSandboxModel(name) !== undefined) return sandboxVariant(name, models)
    const glob = globs.find((entry) => matchesGlob(entry.pattern, name))
    if (glob === undefined) return exact
    const model = modelOfGlob(glob.model, name, exact?.model)
    const routed = { model, targets: targetsOf(model, glob.targets, providers) }
    // Ids are a stranger's to make up, so what is remembered of them has an end.
    if (ofGlobs.size >= MOST_REMEMBERED) ofGlobs.clear()
    ofGlobs.set(name, routed)
    return routed
  }
  const has = (id: string): boolean => models.has(id) || aliases.has(id) || parseSandboxModel(id) !== undefined
  return {
    find,
    has,
    models: [...models.values()],
    aliases,
    get providers() {
      return [...providers.values()].map((provider) => routedProvider(provider, health))
    },
    place(name) {
      const provider = providers.get(name)
      if (provider?.ready !== true) return undefined
      const { adapter, upstream, origins, keyRing } = provider
      return {
        provider: name,
        adapter,
        keys: keyRing({ ...upstream, origin: origins.chat ?? upstream.origin }),
      }
    },
  }
}

const routedProvider = (
  { name, type, ready, credentials }: ConfiguredProvider,
  health: HealthBook,
): RoutedProvider => ({
  name,
  type,
  ready,
  isolated: health.isolated.has(name),
  keys: credentials.filter((credential) => credential !== '').map((credential) => health.keysOf(name).of(credential)),
})

/** The providers among `targets` that have no key. */
const without = (targets: readonly TargetConfig[] = [], providers: ReadonlyMap<string, ConfiguredProvider>): string[] =>
  targets.flatMap(({ provider }) => (providers.get(provider)?.ready === false ? provider : []))

/** A model that only a glob makes callable: a shipped one keeps what is known of it, a price above all. */
function modelOfGlob(glob: Model, id: string, shipped: Model | undefined): Model {
  const model = { ...(shipped ?? glob), id, name: shipped?.name ?? id }
  return glob.prices.length > 0 ? { ...model, prices: glob.prices } : model
}

/** The sandbox under the id of one of its faults. */
function sandboxVariant(id: string, models: ReadonlyMap<string, RoutedModel>): RoutedModel | undefined {
  const plain = models.get('speka/sandbox')
  if (plain === undefined) return undefined
  const model = { ...plain.model, id }
  return { model, targets: plain.targets.map((target) => ({ ...target, model: id, upstreamModel: id, entry: model })) }
}

function configuredProviders(
  config: Readonly<Record<string, ProviderConfig>>,
  health: HealthBook,
): ReadonlyMap<string, ConfiguredProvider> {
  const providers = new Map<string, ConfiguredProvider>()
  for (const [name, { type, api_key: apiKey, ...said }] of Object.entries(config)) {
    const known: KnownProvider = knownProviders[type]
    const { base_url: baseUrl } = said
    const { adapter, baseUrl: origin, credentialHeader, identity } = placeOf(type, said)
    if (origin === undefined)
      throw new RangeError(`providers.${name} needs a base_url: "${type}" has no address of its own`)
    if (!URL.canParse(origin)) throw new RangeError(`providers.${name}.base_url is not an address: "${origin}"`)
    const [credential = '', ...more] = (typeof apiKey === 'string' ? [apiKey] : (apiKey ?? [])).map((key) =>
      readCredential(key, name),
    )
    // A host of the operator's own may do without a key; a public provider never does.
    const ready =
      credential !== '' || identity !== undefined || known.keyVariable === undefined || baseUrl !== undefined
    const upstream: Upstream = {
      id: name,
      origin,
      credential,
      ...(credentialHeader !== undefined && { credentialHeader }),
      ...(identity !== undefined && { identity }),
    }
    const origins = (baseUrl === undefined ? known.baseUrls : undefined) ?? NO_ORIGINS
    providers.set(name, {
      name,
      type,
      adapter,
      ready,
      upstream,
      origins,
      keyRing: (at) => new KeyRing([at, ...more.map((key) => ({ ...at, credential: key }))], health.keysOf(name)),
      credentials: [credential, ...more],
      healthOf: (upstreamModel) => health.of(name, upstreamModel),
    })
  }
  return providers
}

/**
 * A key as it goes into a header, without the white space around it: a line break comes with most files.
 *
 * @throws RangeError that does not show it.
 */
function readCredential(key: string, provider: string): string {
  const credential = key.trim()
  if (/^[\x20-\x7e]*$/.test(credential)) return credential
  throw new RangeError(
    `providers.${provider}.api_key has a line break or a letter beyond ASCII inside, so it cannot be sent in a header`,
  )
}

/** A shipped model's providers, as far as they are configured under any name. */
function usualTargets(id: string, providers: ReadonlyMap<string, ConfiguredProvider>): TargetConfig[] {
  return shippedTargets(id).flatMap(({ provider: type, model }) =>
    [...providers.values()]
      .filter(({ adapter }) => adapter.type === type)
      .map(({ name }) => ({ provider: name, model })),
  )
}

function targetsOf(
  model: Model,
  targets: readonly TargetConfig[],
  providers: ReadonlyMap<string, ConfiguredProvider>,
): Target[] {
  const made = targets.flatMap(({ provider: name, model: upstreamModel, cost }): Target[] => {
    const provider = providers.get(name)
    if (provider === undefined) {
      throw new RangeError(
        `models."${model.id}" has a target at "${name}", which is not among the providers (${[...providers.keys()].join(', ')})`,
      )
    }
    // What a provider implements is what it offers.
    const adapter = provider.adapter.forModel?.(upstreamModel ?? model.id) ?? provider.adapter
    if (!provider.ready || !model.endpoints.some((endpoint) => endpoint in adapter)) return []
    const upstream = upstreamFor(model, adapter, provider)
    const target = {
      model: model.id,
      upstreamModel: upstreamModel ?? model.id,
      provider: name,
      adapter,
      upstream,
      keys: provider.keyRing(upstream),
      health: provider.healthOf(upstreamModel ?? model.id),
      entry: model,
      dimensions: model.dimensions,
      prefill: model.prefill,
      ...(cost !== undefined && { costs: readPrices(cost) }),
    }
    return [target]
  })
  // Trying one place twice is not what fallbacks are for.
  return made.filter((target, at) => made.findIndex((other) => samePlace(other, target)) === at)
}

const NO_ORIGINS: ConfiguredProvider['origins'] = {}

/** Where a model is: at the address of the first of its operations that the provider has. */
function upstreamFor(model: Model, adapter: Provider, { upstream, origins }: ConfiguredProvider): Upstream {
  const usual = model.endpoints.find((endpoint) => endpoint in adapter)
  const origin = usual && origins[usual]
  return origin === undefined ? upstream : { ...upstream, origin }
}

/** A model of somebody's list: its price is that list's, as of its day. */
function offeredModel({ price, asOf, name, ownedBy, capabilities, ...entry }: OfferedModel): Model {
  return {
    ...configuredModel(entry.id, entry, undefined),
    name,
    ownedBy,
    capabilities,
    prices: price === undefined ? [] : readPrice(price, { source: 'directory', asOf }),
  }
}

function configuredModel(id: string, entry: ModelConfig, shipped: Model | undefined): Model {
  const endpoints = endpointsOf(id, entry, shipped)
  return {
    id,
    name: shipped?.name ?? id,
    ownedBy: shipped?.ownedBy ?? (id.includes('/') ? id.slice(0, id.indexOf('/')) : 'custom'),
    endpoints,
    contextWindow: entry.context_window ?? shipped?.contextWindow,
    dimensions: shipped?.dimensions,
    prefill: entry.prefill ?? shipped?.prefill,
    capabilities: shipped?.capabilities ?? [],
    prices: entry.price === undefined ? (shipped?.prices ?? pricesUnsaid(endpoints)) : readPrices(entry.price),
  }
}

/** What a model costs of whose price nobody said anything: it is unknown, unless all that it does is free wherever it can be had. */
const pricesUnsaid = (endpoints: readonly OperationName[]): readonly Price[] =>
  endpoints.every((endpoint) => operations[endpoint].isFree === true) ? readPrices({ request: '0' }) : []
