import { readFileSync } from 'node:fs'
import type { OfferedModel, PriceConfig, PriceRowConfig, ProviderConfig } from '@speka/core'

/** A model as the open catalog has it: `npm run catalog` makes its file of public data sets. */
export interface OpenCatalogRow {
  /** The type of the provider that serves it. */
  readonly provider: string
  /** What that provider calls it. */
  readonly model: string
  readonly name: string
  /** In tokens. */
  readonly context?: number
  readonly capabilities: readonly string[]
  readonly price: PriceConfig | readonly PriceRowConfig[]
  /** The data set that its price is from, and the day of it. */
  readonly from: string
  readonly as_of: string
}

let rows: readonly OpenCatalogRow[] | undefined

/** Read when somebody asks for it: most gateways offer the models that they name. */
export const openCatalog = (): readonly OpenCatalogRow[] =>
  (rows ??= JSON.parse(
    readFileSync(new URL('open-catalog.json', import.meta.url), 'utf8'),
  ) as readonly OpenCatalogRow[])

/** The types of providers that it has models of. */
export const listedTypes = (): readonly string[] => [...new Set(openCatalog().map(({ provider }) => provider))]

export const isListed = (type: string): boolean => openCatalog().some(({ provider }) => provider === type)

/**
 * The models of some providers, each as `provider/model`, at the price that its provider asks: to offer one at another, name it
 * among `models`.
 *
 * @param names of the configuration's providers. Default: none.
 */
export function offeredOf(
  names: readonly string[] = [],
  providers: Readonly<Record<string, ProviderConfig>>,
): readonly OfferedModel[] {
  return names.flatMap((name) => {
    const type = Object.hasOwn(providers, name) ? providers[name]?.type : undefined
    return type === undefined
      ? []
      : openCatalog()
          .filter(({ provider }) => provider === type)
          .map((row) => offered(row, name))
  })
}

function offered(row: OpenCatalogRow, provider: string): OfferedModel {
  const { model, name, context, capabilities, price, as_of: asOf } = row
  const maker = model.includes('/') ? model.slice(0, model.indexOf('/')) : provider
  return {
    id: `${provider}/${model}`,
    name,
    ownedBy: maker,
    endpoints: ['chat'],
    capabilities,
    price,
    asOf,
    ...(context !== undefined && { context_window: context }),
    targets: [{ provider, model, cost: price }],
  }
}
