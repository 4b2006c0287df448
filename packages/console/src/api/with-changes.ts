/** What is new at a place of an answer, as `GET /api/v1/live` tells it. */
export type Change = readonly [at: readonly (string | number)[], value: unknown]

/** An answer with what has changed in it. What has not is the same object as before, so that nothing of it is drawn again. */
export const withChanges = (answer: unknown, changes: readonly Change[]): unknown =>
  changes.reduce((before, [at, value]) => put(before, at, value), answer)

function put(before: unknown, [first, ...rest]: Change[0], value: unknown): unknown {
  if (first === undefined) return value
  if (Array.isArray(before)) return before.with(Number(first), put(before[Number(first)], rest, value))
  const fields = (before ?? {}) as Readonly<Record<string, unknown>>
  return { ...fields, [first]: put(fields[first], rest, value) }
}
