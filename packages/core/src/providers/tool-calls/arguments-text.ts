import { isRecord } from '../../json.ts'
import { saysNothing } from './plain-call.ts'

/** Arguments that came as an object, or as a text although an object was due, as JSON text. */
export function argumentsText(given: unknown): string {
  if (typeof given === 'string') return saysNothing(given) ? '{}' : given
  return JSON.stringify(isRecord(given) ? given : {})
}
