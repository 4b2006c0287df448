import { isRecord, type Json } from '../../json.ts'
import { parseExactly } from '../../wire/exact-json.ts'

/** Whether a reply, or an event, has the arguments of a tool call in it. */
export type HoldsCall = (value: Json) => boolean

/**
 * Parses what an upstream sent. Where it holds a tool call the numbers of its arguments are kept to the last digit: it is
 * read again for that, which is rare, and costs everything else nothing.
 *
 * @throws SyntaxError
 */
export function parseKeepingCalls(text: string, holdsCall?: HoldsCall): unknown {
  const value: unknown = JSON.parse(text)
  return holdsCall !== undefined && isRecord(value) && holdsCall(value) ? parseExactly(text) : value
}
