/** A JSON object, as far as it is known: its members may be anything. */
export type Json = Readonly<Record<string, unknown>>

/** The same, where what was parsed is mended in place. */
export type MutableJson = Record<string, unknown>

/** Whether `value` is an object with string keys: not null, not an array. */
export function isRecord(value: unknown): value is MutableJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
