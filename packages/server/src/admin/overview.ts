import type { Clock } from '@speka/core'
import type { RoutingTable } from '@speka/core/internal'
import type { ProviderView, TargetView } from '../operations/gateway-view.ts'

/** What a process knows of where requests go. */
export interface Overview {
  readonly targets: readonly TargetView[]
  readonly providers: readonly ProviderView[]
}

/** What this process knows: the targets that are configured by name, and the providers. */
export function overviewOf({ models, providers }: RoutingTable, clock: Clock): Overview {
  const monotonic = clock.monotonic()
  const timeOf = (at: number | undefined): string | null =>
    at === undefined ? null : new Date(clock.now() - (monotonic - at)).toISOString()
  return {
    targets: models.flatMap(({ model, targets }) =>
      targets.map(({ provider, upstreamModel, health }) => ({
        model: model.id,
        provider,
        upstream_model: upstreamModel,
        state: health.state(monotonic),
        in_flight: health.inFlight,
        latency_ms: health.latencyMs ?? null,
        tokens_per_second: health.tokensPerSecond ?? null,
      })),
    ),
    providers: providers.map(({ name, type, ready, isolated, keys }) => ({
      name,
      type,
      ready,
      isolated,
      keys: keys.map(({ state, at }, index) => ({ position: index + 1, state, used_at: timeOf(at) })),
    })),
  }
}

const BADNESS: Readonly<Record<TargetView['state'], number>> = { closed: 0, half_open: 1, open: 2 }

/**
 * What several processes know, as one: of the states of a target the worst, what is under way with it all together, and of
 * each key what became of it last.
 */
export function addOverviews([first, ...others]: readonly Overview[]): Overview {
  if (first === undefined) return { targets: [], providers: [] }
  return others.reduce(add, first)
}

const add = (one: Overview, other: Overview): Overview => ({
  targets: together(one.targets, other.targets, ({ model, provider }) => `${model}\n${provider}`, addTarget),
  providers: together(one.providers, other.providers, ({ name }) => name, addProvider),
})

function together<Item>(
  some: readonly Item[],
  more: readonly Item[],
  nameOf: (item: Item) => string,
  both: (one: Item, other: Item) => Item,
): Item[] {
  const items = new Map(some.map((item) => [nameOf(item), item]))
  for (const item of more) {
    const known = items.get(nameOf(item))
    items.set(nameOf(item), known === undefined ? item : both(known, item))
  }
  return [...items.values()]
}

const addTarget = (one: TargetView, other: TargetView): TargetView => ({
  ...one,
  state: BADNESS[other.state] > BADNESS[one.state] ? other.state : one.state,
  in_flight: one.in_flight + other.in_flight,
  latency_ms: one.latency_ms ?? other.latency_ms,
  tokens_per_second: one.tokens_per_second ?? other.tokens_per_second,
})

const addProvider = (one: ProviderView, other: ProviderView): ProviderView => ({
  ...one,
  isolated: one.isolated || other.isolated,
  keys: one.keys.map((key, at) => {
    const theirs = other.keys[at]
    return theirs !== undefined && (theirs.used_at ?? '') > (key.used_at ?? '') ? theirs : key
  }),
})
