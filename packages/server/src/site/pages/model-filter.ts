import { parsePricePerMillion } from '@speka/core/internal'
import type { ModelFacts } from '../model-facts.ts'

/** What somebody has filled into the form of `/models`. */
export interface ModelFilter {
  readonly text: string
  readonly vendor: string
  /** A capability, or an operation: people look for both. */
  readonly can: string
  /** The most that a million tokens of prompts may cost, as it was written. */
  readonly most: string
  readonly onlyServed: boolean
  /** Ids, in the order in which they were chosen. */
  readonly compare: readonly string[]
}

/** How many models can stand side by side. */
export const MOST_COMPARED = 4
/** Longer ones are cut: nothing is called so. */
const MOST_LETTERS = 100

/** Reads the query of `/models`; whatever else is in it is left alone. */
export function readModelFilter(query: URLSearchParams): ModelFilter {
  const text = (name: string): string => (query.get(name) ?? '').trim().slice(0, MOST_LETTERS)
  return {
    text: text('q'),
    vendor: text('vendor'),
    can: text('can'),
    most: text('most'),
    onlyServed: query.get('served') === 'yes',
    compare: [...new Set(query.getAll('compare'))],
  }
}

/** Whether anything was asked for beside the whole list. */
export const isFiltered = ({ text, vendor, can, most, onlyServed, compare }: ModelFilter): boolean =>
  text + vendor + can + most !== '' || onlyServed || compare.length > 0

/** The models that fit. A price that is none filters nothing: {@link priceProblem} says so. */
export function filterModels(models: readonly ModelFacts[], filter: ModelFilter): ModelFacts[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const most = rateOf(filter.most)
  return models.filter((model) => {
    const { id, name, vendor, capabilities, operations, price, providers } = model
    const known = `${id} ${name} ${vendor}`.toLowerCase()
    return (
      words.every((word) => known.includes(word)) &&
      (filter.vendor === '' || filter.vendor === vendor) &&
      (filter.can === '' || capabilities.includes(filter.can) || operations.some((one) => one === filter.can)) &&
      (most === undefined || (price?.input !== undefined && price.input <= most)) &&
      (!filter.onlyServed || providers > 0)
    )
  })
}

/** What is wrong with the price that was asked for, in words. */
export const priceProblem = ({ most }: ModelFilter): string | undefined =>
  most === '' || rateOf(most) !== undefined
    ? undefined
    : `“${most}” is no price, so it filters nothing. Write dollars for a million tokens, such as 0.50.`

function rateOf(text: string): bigint | undefined {
  try {
    return text === '' ? undefined : parsePricePerMillion(text)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
