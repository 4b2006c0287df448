import { findMember, findObject, setFound, type FoundObject } from '../../bytes/find-member.ts'
import { dataOf } from '../../bytes/frames.ts'
import { scanObject } from '../../bytes/scan-object.ts'
import { join, splice, type Edit } from '../../bytes/splice.ts'
import type { TypedEvent } from '../../bytes/typed-event.ts'
import { isRecord, type Json } from '../../json.ts'
import type { CountedUsage, TranslationTarget } from '../provider.ts'
import { nameEdits } from './name-edits.ts'

/** An event in one line, and what its bytes say of where things stand in it. */
export interface EventAt {
  readonly frame: Buffer
  readonly typed: TypedEvent | undefined
  /** The object in it that was found when it was read, by its name. */
  readonly held?: { readonly name: string; readonly found: FoundObject } | undefined
}

/** Something in an event, by the members that lead there. */
export type Path = readonly string[]

const CLOSE_BRACE = 0x7d
const NUMBER = Buffer.from(',"sequence_number":')
const [ZERO, NINE] = [0x30, 0x39]

/** Where an object stands in an event: offsets count from the start of the frame. */
export function findInEvent({ frame, typed, held }: EventAt, path: Path): FoundObject | undefined {
  const [name] = path
  if (held !== undefined && path.length === 1 && held.name === name) return held.found
  const behind =
    typed !== undefined && name !== undefined && path.length === 1 ? behindType(frame, typed, name) : undefined
  if (behind !== undefined) return behind
  const data = typed === undefined ? dataOf(frame) : frame.subarray(typed.dataStart, frame.length - 2)
  const found = data && findObject(data, path)
  return found && { scan: found.scan, offset: found.offset + data.byteOffset - frame.byteOffset }
}

/** An object that is all there is behind the type, or behind it and a number: found in one go. */
export function behindType(frame: Buffer, { rest }: TypedEvent, name: string): FoundObject | undefined {
  let at = rest
  if (standsAt(frame, NUMBER, at)) {
    at += NUMBER.length
    while (isDigit(frame[at])) at += 1
  }
  const key = Buffer.from(`,"${name}":`)
  if (!standsAt(frame, key, at)) return undefined
  const offset = at + key.length
  const scan = scanObject(frame.subarray(offset, frame.length - 2), Infinity)
  if (scan === undefined || scan.object.start !== 0) return undefined
  const end = offset + scan.object.end
  return frame[end] === CLOSE_BRACE && end + 3 === frame.length ? { scan, offset } : undefined
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE

const standsAt = (frame: Buffer, bytes: Buffer, at: number): boolean =>
  at + bytes.length <= frame.length && frame.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0

/** The frame with what stands in its place. */
export const edited = (frame: Buffer, edits: readonly Edit[]): Buffer =>
  edits.length === 0 ? frame : join(splice(frame, edits))

/** What has to be done to an event at the end of a stream before it can go. */
export interface Owed {
  /** The object in it whose names are not the caller's yet. */
  readonly renamed: Path | undefined
  /** The object in it that has the usage to be charged, and that usage. */
  readonly counted: Path | undefined
  readonly usage: unknown
}

/** An event from the finish on, with the caller's names and with what its answer cost: changed in one go. */
export function endEvent(at: EventAt, owed: Owed, target: TranslationTarget, counted: CountedUsage): Buffer {
  const renamed = owed.renamed && findInEvent(at, owed.renamed)
  const charged = owed.counted === owed.renamed ? renamed : owed.counted && findInEvent(at, owed.counted)
  return edited(at.frame, [
    ...(renamed === undefined ? [] : nameEdits(at.frame, renamed, target)),
    ...(charged === undefined ? [] : priceEdits(charged, isRecord(owed.usage) ? owed.usage : undefined, counted)),
  ])
}

function priceEdits(found: FoundObject, told: Json | undefined, { usageJson, cost }: CountedUsage): Edit[] {
  const span = findMember(found, 'usage')
  const addition = JSON.stringify(cost).slice(1, -1)
  if (span !== undefined && told !== undefined && usageJson === undefined && !hasCost(told)) {
    if (addition === '') return []
    const brace = span.end - 1
    const text = Object.keys(told).length === 0 ? addition : `,${addition}`
    return [{ start: brace, end: brace, text }]
  }
  if (told === undefined && usageJson === undefined) return []
  const { cost: _cost, cost_details: _details, ...counts } = told ?? {}
  return [setFound(found, 'usage', JSON.stringify({ ...counts, ...usageJson, ...cost }))]
}

/** A gateway upstream has put its own price there, which is not the one our customer pays. */
const hasCost = (usage: Json): boolean => 'cost' in usage || 'cost_details' in usage
