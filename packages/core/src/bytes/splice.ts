import type { Bytes } from '../transport.ts'
import { asBuffer, memberCalled, type ObjectScan } from './scan-object.ts'

/** Replaces the bytes from `start` to `end` (exclusive) by `text`. Equal offsets insert. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string | Bytes | readonly Bytes[]
}

/** One that puts in what is there as a text. */
export interface TextEdit extends Edit {
  readonly text: string
}

/**
 * Applies edits to bytes without copying them: the answer is the pieces in between, and the replacements. Edits may come
 * in any order and must not overlap; insertions at one place keep their order.
 */
export function splice(bytes: Bytes, edits: readonly Edit[]): Bytes[] {
  const pieces: Bytes[] = []
  let at = 0
  const inOrder = areInOrder(edits) ? edits : edits.toSorted(byPlace)
  for (const edit of inOrder) {
    if (edit.start > at) pieces.push(bytes.subarray(at, edit.start))
    if (edit.text.length > 0) pushText(pieces, edit.text)
    at = edit.end
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at))
  return pieces
}

const byPlace = (a: Edit, b: Edit): number => a.start - b.start || a.end - b.end

/** As edits nearly always come: to sort them takes longer than to see that they are. */
function areInOrder(edits: readonly Edit[]): boolean {
  let last: Edit | undefined
  for (const edit of edits) {
    if (last !== undefined && byPlace(last, edit) > 0) return false
    last = edit
  }
  return true
}

function pushText(pieces: Bytes[], text: Edit['text']): void {
  if (typeof text === 'string') pieces.push(Buffer.from(text))
  else if (text instanceof Uint8Array) pieces.push(text)
  else for (const piece of text) pieces.push(piece)
}

/** Sets one member of a scanned object to a JSON text, adding it at the front when it is not there. */
export function setMember(scan: ObjectScan, key: string, json: string): TextEdit {
  const member = memberCalled(scan, key)
  if (member !== undefined) return { start: member.valueStart, end: member.valueEnd, text: json }
  const at = scan.object.start + 1
  return { start: at, end: at, text: `${JSON.stringify(key)}:${json}${scan.members.length > 0 ? ',' : ''}` }
}

/**
 * Removes the members that `doomed` picks, with the commas that would be left over. An object that loses every member
 * becomes `{}`.
 */
export function dropMembers(scan: ObjectScan, doomed: (key: string, index: number) => boolean): Edit[] {
  const { members, object } = scan
  const edits: Edit[] = []
  let kept = -1
  for (let index = 0; index < members.length; index += 1) {
    const member = members[index]
    if (member === undefined || !doomed(member.key, index)) {
      kept = index
      continue
    }
    const next = members[index + 1]
    // Up to the next key when nothing before it stays, else from the end of what stays: one comma goes either way.
    if (kept === -1) edits.push({ start: member.keyStart, end: next?.keyStart ?? object.end - 1, text: '' })
    else edits.push({ start: members[index - 1]?.valueEnd ?? member.keyStart, end: member.valueEnd, text: '' })
  }
  return edits
}

/** The pieces as one buffer; a single piece is not copied. */
export function join(pieces: readonly Bytes[]): Buffer {
  const only = pieces.length === 1 ? pieces[0] : undefined
  return only === undefined ? Buffer.concat(pieces) : asBuffer(only)
}
