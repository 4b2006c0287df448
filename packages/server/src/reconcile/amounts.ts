import { picoUsd, type PicoUsd } from '@speka/core'

const AMOUNT = /^([+-]?)\$?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/
const PICO_DIGITS = 12

/** What one line can say: nine million dollars, as the ledger's own rows. */
const MOST_PICO = 2n ** 63n

/**
 * An amount as a provider writes it: a decimal, perhaps with a dollar sign, or with an exponent, as programs write small
 * numbers. What lies below a pico-dollar is rounded, half to even.
 *
 * @param shift how many digits smaller the unit is than a dollar: 2 for cents.
 * @returns `undefined` when it is no amount of US dollars.
 */
export function readAmount(text: string, shift = 0): PicoUsd | undefined {
  const match = AMOUNT.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  const places = PICO_DIGITS - shift - fraction.length + Number(exponent)
  const pico = places >= 0 ? digits * 10n ** BigInt(places) : rounded(digits, 10n ** BigInt(-places))
  if (pico >= MOST_PICO) return undefined
  return picoUsd(sign === '-' ? -pico : pico)
}

function rounded(amount: bigint, unit: bigint): bigint {
  const [whole, rest] = [amount / unit, (amount % unit) * 2n]
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole
}

/** A count as a provider writes it, `59200` or `59200.0`; `undefined` when it is none. */
export function readCount(text: string): number | undefined {
  if (!/^\d{1,15}(?:\.0*)?$/.test(text)) return undefined
  return Number(text)
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/
/** 2001-09-09, before which nobody sold tokens, in seconds; and the same in ms. */
const FIRST_SECOND = 1e9
const FIRST_MS = 1e12

/**
 * A moment as a provider writes it, in ms since the epoch: a date, a date with a time, seconds or ms since the epoch. Without
 * a zone it is UTC. `undefined` when it is none, or may be read in two ways.
 */
export function readMoment(text: string): number | undefined {
  if (/^\d{10,13}(?:\.\d+)?$/.test(text)) {
    const number = Number(text)
    if (number >= FIRST_MS) return Math.floor(number)
    return number >= FIRST_SECOND && number < 1e11 ? Math.floor(number * 1000) : undefined
  }
  const match = MOMENT.exec(text)
  if (match === null) return undefined
  const [, day, time = '00:00', zone = 'Z'] = match
  const at = Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : zone}`)
  return Number.isNaN(at) ? undefined : at
}
