import type { GatewayConfig } from '@speka/core'
import { DEFAULT_MAX_ATTEMPTS, DEFAULT_SESSION_S, type RoutingTable } from '@speka/core/internal'
import type { RouteView, RoutingView } from '../operations/gateway-view.ts'

/** Where requests go: what the table has, and what the configuration says of how it is used. */
export function routingOf(table: RoutingTable, config: GatewayConfig): RoutingView {
  const { routing = {}, models = {} } = config
  const strategy = routing.strategy ?? 'ordered'
  const types = new Map(table.providers.map(({ name, type }) => [name, type]))
  const weightOf = (model: string, provider: string): number | null =>
    strategy === 'weighted' ? (named(named(routing.weights, model), provider) ?? 1) : null

  const route = (
    model: string,
    endpoints: readonly string[],
    targets: readonly { readonly provider: string; readonly upstreamModel: string }[],
    withoutKey: readonly string[],
  ): RouteView => ({
    model,
    aliases: [...table.aliases].filter(([, of]) => of === model).map(([alias]) => alias),
    endpoints,
    targets: targets.map(({ provider, upstreamModel }) => ({
      provider,
      type: types.get(provider) ?? 'unknown',
      upstream_model: upstreamModel,
      weight: weightOf(model, provider),
    })),
    without_key: withoutKey,
    fallbacks: orAny(routing.fallbacks, model),
    context_window_fallbacks: orAny(routing.context_window_fallbacks, model),
    content_policy_fallbacks: orAny(routing.content_policy_fallbacks, model),
    hedge_after_ms: named(routing.hedge, model)?.after_ms ?? null,
  })

  const byGlob = Object.entries(models).filter(([id]) => id.includes('*'))
  return {
    object: 'routing',
    strategy,
    max_attempts: routing.max_attempts ?? DEFAULT_MAX_ATTEMPTS,
    max_price_ratio: routing.max_price_ratio ?? null,
    sticky_ttl_s: routing.sticky?.ttl_s ?? DEFAULT_SESSION_S,
    rules: (routing.rules ?? []).map(({ when, use }) => ({ when: { ...when }, use: { ...use } })),
    routes: [
      ...table.models.map(({ model, targets, off = [] }) => route(model.id, model.endpoints, targets, off)),
      ...byGlob.map(([id, { endpoints = [], targets = [] }]) =>
        route(
          id,
          endpoints,
          targets.map(({ provider, model }) => ({ provider, upstreamModel: model ?? id })),
          [],
        ),
      ),
    ],
  }
}

type Named<Value> = Readonly<Record<string, Value>> | undefined

/** Names are an operator's to choose: what every object has by itself is none of them. */
const named = <Value>(values: Named<Value>, name: string): Value | undefined =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined

const orAny = (lists: Named<readonly string[]>, model: string): readonly string[] =>
  named(lists, model) ?? named(lists, '*') ?? []
