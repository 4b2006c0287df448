import type { Price } from '../catalog/model.ts'
import { readPrice } from '../catalog/written-price.ts'
import type { ModelConfig, PriceConfig, PriceRowConfig } from '../config.ts'
import { priceProblems } from './price-problems.ts'

/** @throws RangeError naming the place of what is wrong with a configured model's prices. */
export function checkPrices(id: string, entry: ModelConfig): void {
  const [problem] = priceProblems(id, entry)
  if (problem === undefined) return
  const place = problem.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  throw new RangeError(`models."${id}"${place}: ${problem.message}`)
}

/**
 * A price as it was configured: one for each day from which some of it differs, oldest first.
 *
 * @throws RangeError naming the text that is not a price.
 */
export const readPrices = (price: PriceConfig | readonly PriceRowConfig[]): readonly Price[] =>
  readPrice(price, { source: 'config' })
