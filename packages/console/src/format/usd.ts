/** Amounts are decimal strings of US dollars with up to twelve places, as the API gives them: exact. */
const PLACES = 12
const PICO = 10n ** BigInt(PLACES)

/** An amount in pico-dollars. */
export function picoOf(usd: string): bigint {
  const [, sign, whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(usd) ?? []
  if (sign === undefined) throw new RangeError(`"${usd}" is not an amount of US dollars.`)
  const pico = BigInt(whole) * PICO + BigInt(fraction.padEnd(PLACES, '0'))
  return sign === '-' ? -pico : pico
}

const exactFormat = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: PLACES,
})
const centsFormat = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const smallFormat = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 })
const largeFormat = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  maximumSignificantDigits: 4,
})

/** `$0.0000047`, to the last place. */
export const exactUsd = (usd: string): string => exactFormat.format(usd as Intl.StringNumericLiteral)

/** What cents tell to the last place, such as 0.2. */
const IN_CENTS = /^-?\d+(?:\.\d{1,2}0*)?$/

/** As long as a cell is wide: cents, three digits of what is less than a dollar, thousands of thousands as `$1.25M`. */
export function shortUsd(usd: string): string {
  const amount = Number(usd)
  const size = Math.abs(amount)
  if (size >= 1_000_000) return largeFormat.format(amount)
  return size >= 1 || IN_CENTS.test(usd) ? centsFormat.format(amount) : smallFormat.format(amount)
}

/** The exact sum of amounts. */
export function sumUsd(amounts: readonly string[]): string {
  const pico = amounts.reduce((sum, usd) => sum + picoOf(usd), 0n)
  const size = pico < 0n ? -pico : pico
  const fraction = (size % PICO).toString().padStart(PLACES, '0').replace(/0+$/, '')
  return `${pico < 0n ? '-' : ''}${size / PICO}${fraction === '' ? '' : `.${fraction}`}`
}

/** Which of two amounts comes first. */
export function compareUsd(one: string, other: string): number {
  const difference = picoOf(one) - picoOf(other)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
