/**
 * A number within a schema's `minimum`, `maximum`, their exclusive forms and `multipleOf`: 1 where it is allowed.
 *
 * @returns `undefined` when none was found.
 */
export function exampleNumber(schema: Readonly<Record<string, unknown>>, whole: boolean): number | undefined {
  const above = numberAt(schema, 'exclusiveMinimum') ?? -Infinity
  const below = numberAt(schema, 'exclusiveMaximum') ?? Infinity
  const low = Math.max(numberAt(schema, 'minimum') ?? -Infinity, above)
  const high = Math.min(numberAt(schema, 'maximum') ?? Infinity, below)
  const fits = (value: number): boolean =>
    Number.isFinite(value) &&
    value >= low &&
    value <= high &&
    value > above &&
    value < below &&
    (!whole || Number.isInteger(value))

  const near = Math.min(Math.max(1, low), high)
  const step = numberAt(schema, 'multipleOf') ?? (whole ? 1 : undefined)
  if (step === undefined || step <= 0) {
    return [1, low, high, (low + high) / 2, low + 1, high - 1].find(fits)
  }
  const steps = Math.ceil(near / step)
  // A whole multiple of a fraction may be some steps away.
  for (let distance = 0; distance <= 100; distance += 1) {
    const found = [(steps + distance) * step, (steps - distance) * step].find(fits)
    // Adding zero turns -0 into 0, which JSON would anyway.
    if (found !== undefined) return found + 0
  }
  return undefined
}

function numberAt(schema: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = schema[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
