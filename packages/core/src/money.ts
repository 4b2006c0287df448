/** An amount of money in whole pico-dollars (10⁻¹² USD). Integers all the way, so sums never drift. */
export type PicoUsd = bigint & { readonly __unit: 'pico-usd' }

/** A price per single token, image or other unit, in pico-dollars. */
export type UnitPrice = PicoUsd

const PICO_DIGITS = 12
const DECIMAL = /^(?:0|[1-9]\d*)(?:\.(\d+))?$/

/** Marks a `bigint` that already counts pico-dollars. */
export const picoUsd = (amount: bigint): PicoUsd => amount as PicoUsd

/** No money at all, which is a known amount: never use it for "unknown". */
export const zeroUsd = picoUsd(0n)

/**
 * Reads a decimal string of US dollars, exactly. At most twelve decimals, no sign, no exponent.
 *
 * @throws RangeError when `text` is not such a string.
 */
export function parseUsd(text: string): PicoUsd {
  return picoUsd(shift(text, PICO_DIGITS))
}

/**
 * Reads an amount of US dollars that code may give as a number, which is taken to eight decimals, or exactly, as a decimal
 * string.
 *
 * @throws RangeError when it is not an amount of money.
 */
export const readUsd = (amount: number | string): PicoUsd =>
  parseUsd(typeof amount === 'number' ? amount.toFixed(8) : amount)

/**
 * Reads a price in USD per one million tokens as pico-dollars per token. At most six decimals, so that one token costs
 * a whole number of pico-dollars: `"0.27"` is 270,000.
 *
 * @throws RangeError when `text` is not such a decimal string.
 */
export function parsePricePerMillion(text: string): UnitPrice {
  return picoUsd(shift(text, PICO_DIGITS - 6))
}

/** The exact decimal string of an amount in US dollars, without an exponent or trailing zeros: `"0.0000012"`. */
export function formatUsd(amount: PicoUsd): string {
  if (amount !== written.amount) written = { amount, text: decimalOf(amount) }
  return written.text
}

/** The amount asked for last: an answer names its charge in its body and in a header. */
let written = { amount: 0n, text: '0' }

function decimalOf(amount: bigint): string {
  const sign = amount < 0n ? '-' : ''
  const digits = (amount < 0n ? -amount : amount).toString().padStart(PICO_DIGITS + 1, '0')
  const whole = digits.slice(0, -PICO_DIGITS)
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '')
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/** The exact decimal string, in USD per one million, of a price per unit: the inverse of {@link parsePricePerMillion}. */
export function formatPricePerMillion(price: UnitPrice): string {
  return formatUsd(picoUsd(price * 1_000_000n))
}

function shift(text: string, places: number): bigint {
  const match = DECIMAL.exec(text)
  const fraction = match?.[1] ?? ''
  if (match === null || fraction.length > places) {
    throw new RangeError(`"${text}" is not a decimal number of US dollars with at most ${places} decimals`)
  }
  return BigInt(text.replace('.', '') + '0'.repeat(places - fraction.length))
}
