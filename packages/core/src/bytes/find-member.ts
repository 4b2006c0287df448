import type { Bytes } from '../transport.ts'
import { memberCalled, scanObject, type ObjectScan, type Span } from './scan-object.ts'
import { setMember, type Edit } from './splice.ts'

/** An object within JSON, and where its bytes begin there. */
export interface FoundObject {
  readonly scan: ObjectScan
  readonly offset: number
}

/** The object that is found by going from member to member; `undefined`: there is none. */
export function findObject(bytes: Bytes, path: readonly string[]): FoundObject | undefined {
  let found: FoundObject | undefined = objectAt(bytes, { start: 0, end: bytes.length })
  for (const name of path) {
    const span = found && findMember(found, name)
    found = span && objectAt(bytes, span)
  }
  return found
}

function objectAt(bytes: Bytes, { start, end }: Span): FoundObject | undefined {
  const scan = scanObject(bytes.subarray(start, end), Infinity)
  return scan && { scan, offset: start }
}

/** Where the value of a member stands. */
export function findMember({ scan, offset }: FoundObject, name: string): Span | undefined {
  const member = memberCalled(scan, name)
  return member && { start: offset + member.valueStart, end: offset + member.valueEnd }
}

/** Sets a member of an object that was found to a JSON text. */
export function setFound({ scan, offset }: FoundObject, name: string, json: string): Edit {
  const { start, end, text } = setMember(scan, name, json)
  return { start: offset + start, end: offset + end, text }
}
