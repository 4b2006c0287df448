import type { OperationName } from '@speka/core'
import { priceAt, type Model, type RoutedModel } from '@speka/core/internal'

/** A price of a model, with every row and where it comes from. */
export type ModelPrice = Model['prices'][number]

/** A model as anyone may see it. */
export interface ModelFacts {
  readonly id: string
  readonly name: string
  readonly vendor: string
  readonly operations: readonly OperationName[]
  /** In tokens. */
  readonly contextWindow: number | undefined
  /** Length of the vectors, for embeddings. */
  readonly dimensions: number | undefined
  readonly capabilities: readonly string[]
  /** The one that is charged now. */
  readonly price: ModelPrice | undefined
  /** Those that begin later, the next one first. */
  readonly laterPrices: readonly ModelPrice[]
  /** How many providers can answer it now. */
  readonly providers: number
  /** Their names, where the operator shows them. */
  readonly providerNames: readonly string[] | undefined
  /** The median time to the first output of its latest answers, in ms, as this process has seen it. */
  readonly latencyMs: number | undefined
}

/** A model of the routing table, with the price in force at a moment, in ms since the epoch. */
export function modelFactsOf({ model, targets }: RoutedModel, now: number, showProviders: boolean): ModelFacts {
  const names = [...new Set(targets.map(({ provider }) => provider))]
  const price = priceAt(model.prices, now)
  return {
    id: model.id,
    name: model.name,
    vendor: model.ownedBy,
    operations: model.endpoints,
    contextWindow: model.contextWindow,
    dimensions: model.dimensions,
    capabilities: model.capabilities,
    price,
    laterPrices: model.prices.filter(({ asOf }) => asOf !== undefined && Date.parse(asOf) > now),
    providers: names.length,
    providerNames: showProviders ? names : undefined,
    latencyMs: targets.find(({ health }) => health.latencyMs !== undefined)?.health.latencyMs,
  }
}

/** Where the page of a model is. Its slashes stay, so that an address reads like the id. */
export const modelPath = (id: string): string => `/models/${id.split('/').map(encodeURIComponent).join('/')}`
