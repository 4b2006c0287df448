import type { Price } from '@speka/core'
import { unitEntries } from '@speka/core/internal/pricing'

type Unpriced = Omit<Price, (typeof unitEntries)[number]['rate'] | 'rows'>

/** A price as it stands in JSON: its rates are decimal strings, under the names that they had from the first. */
export type EncodedPrice = Unpriced & { readonly [rate: string]: unknown }

/** Prices are few and shared by the records that use them, so each is written out once. */
const texts = new WeakMap<Price, string>()

/** A price as JSON. */
export function priceText(price: Price): string {
  let text = texts.get(price)
  if (text === undefined) {
    text = JSON.stringify(price, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
    texts.set(price, text)
  }
  return text
}

/** The price that {@link priceText} has written: rows of any age are read where they lie. */
export function decodePrice(encoded: EncodedPrice): Price {
  const price: Record<string, unknown> = { ...encoded }
  for (const { rate } of unitEntries) {
    const text = encoded[rate]
    if (typeof text === 'string') price[rate] = BigInt(text)
  }
  return price as unknown as Price
}

export const readPriceText = (text: string): Price => decodePrice(JSON.parse(text) as EncodedPrice)
