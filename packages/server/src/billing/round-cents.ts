import { picoUsd, type PicoUsd } from '@speka/core'

/** One cent, in pico-dollars. */
const CENT = 10_000_000_000n

/**
 * One integer divided by another, rounded to the nearest, and from the middle between two to the even one: so that many
 * roundings together favour nobody.
 *
 * @param divisor above zero
 */
export function divideHalfEven(amount: bigint, divisor: bigint): bigint {
  const down = amount / divisor
  const rest = amount % divisor
  const twice = 2n * (rest < 0n ? -rest : rest)
  if (twice < divisor || (twice === divisor && down % 2n === 0n)) return down
  return amount < 0n ? down - 1n : down + 1n
}

/** An amount in whole cents, rounded half to even. */
export const roundToCents = (amount: PicoUsd): PicoUsd => picoUsd(divideHalfEven(amount, CENT) * CENT)

/** A part of an amount, rounded half to even to the pico-dollar. */
export const shareOf = (amount: PicoUsd, part: bigint, whole: bigint): PicoUsd =>
  picoUsd(divideHalfEven(amount * part, whole))
