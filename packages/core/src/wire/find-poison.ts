import { isRecord } from '../json.ts'
import { SpekaError } from '../errors.ts'

/**
 * Refuses a value by whose keys a careless copy would reach the prototype that all objects share.
 *
 * @param text the JSON that it was parsed of.
 * @throws SpekaError `invalid_json`
 */
export function refusePoison(value: unknown, text: string): void {
  const poison = mayHide(text) ? poisonIn(value) : undefined
  if (poison === undefined) return
  throw new SpekaError('invalid_json', `The request has a key called "${poison}", which is not accepted. Rename it.`)
}

/** A key can only be poison if it is spelled out or hidden behind an escape. */
const mayHide = (text: string): boolean =>
  text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')

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
