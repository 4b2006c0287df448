import { SpekaError } from '@speka/core'

/**
 * A value as JSON that is the same text for the same value: the names of each object sorted by their UTF-16 code units, nothing
 * between what is said. What is `undefined` is left out of objects.
 *
 * @throws SpekaError `internal_error` for what JSON has no text for
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`
  }
  const isFitting = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  if (!isFitting) throw new SpekaError('internal_error', `What is to be kept has ${String(value)}, which JSON has not.`)
  return JSON.stringify(value)
}
