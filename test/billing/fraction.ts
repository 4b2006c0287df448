/** An exact fraction, for sums that are checked: slow, and too simple to be wrong. */
export interface Fraction {
  readonly of: bigint
  /** Above zero. */
  readonly by: bigint
}

export const whole = (of: bigint): Fraction => ({ of, by: 1n })
export const zero = whole(0n)

export const plus = (a: Fraction, b: Fraction): Fraction => ({ of: a.of * b.by + b.of * a.by, by: a.by * b.by })
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { of: -b.of, by: b.by })
export const times = (a: Fraction, of: bigint, by = 1n): Fraction => ({ of: a.of * of, by: a.by * by })

/** The whole number nearest to a fraction; of two that are as near, the even one. */
export function nearestEven({ of, by }: Fraction): bigint {
  const below = (of - (((of % by) + by) % by)) / by
  const rest = of - below * by
  if (rest * 2n < by) return below
  if (rest * 2n > by) return below + 1n
  return below % 2n === 0n ? below : below + 1n
}

/** Reads a decimal string, with or without a sign. */
export function decimal(text: string): Fraction {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is not a decimal number`)
  const [, sign, digits = '', fraction = ''] = match
  const of = BigInt(digits + fraction)
  return { of: sign === '-' ? -of : of, by: 10n ** BigInt(fraction.length) }
}
