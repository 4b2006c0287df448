import { findMember } from '../../bytes/find-member.ts'
import type { TypedEvent } from '../../bytes/typed-event.ts'
import type { Json, MutableJson } from '../../json.ts'
import { behindType, type EventAt } from './edit-event.ts'
import type { NativeApi } from './native-api.ts'

/** An event of which a part was read. */
export interface ReadPartly {
  readonly event: Json
  /** The object that it holds, and where that stands. */
  readonly held: EventAt['held']
}

/**
 * Reads of an event what says something: its object is gone through once, to know where things stand in it, and nothing is made of
 * the rest.
 *
 * @param parts what is read of which events.
 * @returns `undefined` where all of it has to be read, or is not as it should be.
 */
export function readPartly(frame: Buffer, typed: TypedEvent, parts: NativeApi['partly']): ReadPartly | undefined {
  const { type } = typed
  const part = parts !== undefined && Object.hasOwn(parts, type) ? parts[type] : undefined
  if (part === undefined) return undefined
  const found = behindType(frame, typed, part.holder)
  if (found === undefined) return undefined
  const object: MutableJson = {}
  try {
    for (const name of part.members) {
      const span = findMember(found, name)
      if (span !== undefined) object[name] = JSON.parse(frame.toString('utf8', span.start, span.end)) as unknown
    }
  } catch {
    // Who reads all of it says so.
    return undefined
  }
  const name = part.holder
  return { event: { type, [name]: object }, held: { name, found } }
}
