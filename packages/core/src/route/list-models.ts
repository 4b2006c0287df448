import type { Model } from '../catalog/model.ts'
import { priceAt } from '../pricing/price-at.ts'
import { showConditions, showRates } from '../pricing/show-price.ts'
import type { ModelEntry, ModelPricing } from '../wire/models.ts'
import type { RoutedModel } from './routing-table.ts'

/** A model as `GET /v1/models` shows it, with the price in force at `atMs` (ms since the epoch). */
export function modelEntry({ model, targets }: RoutedModel, atMs: number): ModelEntry {
  const pricing = pricingOf(model, atMs)
  return {
    id: model.id,
    object: 'model',
    created: 0,
    owned_by: model.ownedBy,
    name: model.name,
    endpoint: model.endpoints[0] ?? 'chat',
    endpoints: model.endpoints,
    ...(model.contextWindow !== undefined && { context_window: model.contextWindow }),
    capabilities: model.capabilities,
    ...(model.prefill !== undefined && { prefill: model.prefill }),
    ...(pricing !== undefined && { pricing }),
    providers: [...new Set(targets.map((target) => target.provider))],
  }
}

function pricingOf(model: Model, atMs: number): ModelPricing | undefined {
  const price = priceAt(model.prices, atMs)
  if (price === undefined) return undefined
  return {
    currency: 'USD',
    ...showRates(price),
    ...(price.rows !== undefined && { conditions: showConditions(price) ?? [] }),
    source: price.source,
    ...(price.asOf !== undefined && { as_of: price.asOf }),
  }
}
