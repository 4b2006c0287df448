import { isRecord } from '../json.ts'
import { SpekaError } from '../errors.ts'

/**
 * Refuses a value by whose keys a careless copy would reach the prototype that all objects share.
 *
 * @throws SpekaError `invalid_json`
 */
export function refusePoison(value: unknown): void {
  const poison = poisonIn(value)
  if (poison === undefined) return
  throw new SpekaError('invalid_json', `The request has a key called "${poison}", which is not accepted. Rename it.`)
}

/** The first key that is. */
function poisonIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return firstPoison(value)
  if (Object.hasOwn(value, '__proto__')) return '__proto__'
  const made: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined
  if (isRecord(made) && Object.hasOwn(made, 'prototype')) return 'constructor'
  return firstPoison(Object.values(value))
}

function firstPoison(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = poisonIn(value)
    if (found !== undefined) return found
  }
  return undefined
}
