import { SpekaError } from '../errors.ts'
import { isRecord } from '../json.ts'
import type { Bytes } from '../transport.ts'
import { aboveLimit, bodyLimits } from './body-limits.ts'
import { decisiveMembers } from './decisive-members.ts'
import { parseKeeping, type KeptBody } from './keep-strings.ts'
import {
  asBuffer,
  LONG_STRING_BYTES,
  memberCalled,
  nestsDeeperThan,
  scanObject,
  scanWithin,
  type ObjectScan,
} from '../bytes/scan-object.ts'

/** Stands in a parsed body for a string too long to be worth decoding. */
export const LONG_STRING_MARK = '…'

/** What is wrong with a body that is no object is looked for in detail up to this length. */
const EXPLAINED_BYTES = 64 * 1024

/** A body above this is read only when its key may use its model: what is below costs next to nothing. */
const ADMITTED_FIRST_BYTES = 64 * 1024

const PIECE_BYTES = 32 * 1024

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const MARK = Buffer.from(JSON.stringify(LONG_STRING_MARK))

export interface ParsedBody {
  readonly value: Record<string, unknown>
  readonly scan: ObjectScan
}

/** What reading a body takes besides the body. */
export interface BodyAids {
  /** A quicker check than the one that needs nothing from Node. */
  readonly isUtf8?: IsUtf8 | undefined
  /** Throws for a model that the caller may not use; asked before any work that grows with the body. */
  readonly admit?: Admit | undefined
}

export type Admit = (model: string) => void

/**
 * Parses a request body that must be a JSON object. Long strings are skipped, not decoded: see {@link LONG_STRING_MARK}.
 *
 * @throws SpekaError `invalid_json` for anything that is not valid UTF-8, not JSON, not an object, too deep, or that
 *   carries a `__proto__` key; `request_too_large` above {@link bodyLimits}; `duplicate_parameter` for a second `model`,
 *   `stream` and their like; what `admit` throws, for a body that is large.
 */
export function parseBody(body: Bytes, { isUtf8 = decodes, admit }: BodyAids = {}): ParsedBody {
  if (!isUtf8(body))
    throw new SpekaError('invalid_json', 'The request body is not valid UTF-8. Send JSON encoded as UTF-8.')
  const scan = scanWithin(body, bodyLimits)
  if (scan === 'object') throw whyNoObject(body)
  if (typeof scan === 'string') throw aboveLimit[scan]()
  if (body.length - scan.object.end > bodyLimits.bareBytes) throw aboveLimit.bareBytes()
  if (admit !== undefined && body.length > ADMITTED_FIRST_BYTES) admitModel(body, scan, admit)
  const outline = scan.longStrings.length === 0 ? asBuffer(body).toString('utf8') : outlineOf(body, scan)
  const value = parse(outline)
  if (!isRecord(value)) throw notAnObject()
  const poison = mayHide(outline) ? poisonIn(value) : undefined
  if (poison !== undefined) {
    throw new SpekaError('invalid_json', `The request has a key called "${poison}", which is not accepted. Rename it.`)
  }
  // As many as the parser has kept: none is there twice.
  if (scan.members.length > Object.keys(value).length) refuseDuplicates(scan, '', (key) => decisiveMembers.has(key))
  refuseDuplicateOptions(body, scan)
  return { value, scan }
}

/**
 * Parses a request body that is to be rewritten, so that its long strings are needed as well.
 *
 * @throws SpekaError what {@link parseBody} finds.
 */
export function parseWholeBody(body: Bytes, aids?: BodyAids): Record<string, unknown> {
  const { value, scan } = parseBody(body, aids)
  if (scan.longStrings.length === 0) return value
  return parse(asBuffer(body).toString('utf8')) as Record<string, unknown>
}

/**
 * Parses a request body that is to become a chat request. Of a large one, the long strings within `member` stay as they are:
 * see {@link parseKeeping}.
 *
 * @throws SpekaError what {@link parseBody} finds.
 */
export function parseToRewrite(
  body: Bytes,
  member: 'input' | 'prompt' | 'messages',
  aids?: BodyAids,
): KeptBody & Pick<ParsedBody, 'scan'> {
  const { value, scan } = parseBody(body, aids)
  if (scan.longStrings.length === 0) return { value, scan, write: (made) => [Buffer.from(JSON.stringify(made))] }
  return { ...json(() => parseKeeping(body, scan, member)), scan }
}

/** Whether bytes are valid UTF-8. Node has a quicker way, which the server hands in. */
export type IsUtf8 = (bytes: Bytes) => boolean

/** Asks about the model alone; one that is no text is left to the check of fields. */
function admitModel(body: Bytes, scan: ObjectScan, admit: Admit): void {
  const member = memberCalled(scan, 'model')
  if (member === undefined) return
  const { valueStart, valueEnd } = member
  // No model's name is that long: it is asked for as it stands in the outline.
  const isLong = valueEnd - valueStart > LONG_STRING_BYTES
  const model = isLong ? LONG_STRING_MARK : parse(asBuffer(body).toString('utf8', valueStart, valueEnd))
  if (typeof model === 'string' && model !== '') admit(model)
}

/** Decodes piece by piece: one string of a large body would cost more than everything else that is done with it. */
const decodes: IsUtf8 = (bytes) => {
  try {
    for (let start = 0; start < bytes.length;) {
      let end = Math.min(start + PIECE_BYTES, bytes.length)
      // Not within a character, which has at most three bytes behind its first.
      for (let back = 0; back < 3 && end < bytes.length && isContinuation(bytes[end]); back += 1) end -= 1
      utf8.decode(bytes.subarray(start, end))
      start = end
    }
    return true
  } catch {
    return false
  }
}

const parse = (text: string): unknown => json(() => JSON.parse(text) as unknown, text.length)

/** What `read` makes of JSON; what it is not is told with the place, as far as that is the caller's too. */
function json<Value>(read: () => Value, length = NaN): Value {
  try {
    return read()
  } catch (cause) {
    throw new SpekaError('invalid_json', `The request body is not valid JSON: ${reason(cause, length)}.`, { cause })
  }
}

/** The parser's words without the snippet of the body that V8 quotes in them. */
function reason(cause: unknown, length: number): string {
  const message = cause instanceof Error ? cause.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  if (message.includes('end of JSON input') || message.includes('Unterminated')) return 'it ends too early'
  if (Number(position) === length) return 'it ends too early'
  return position === undefined ? 'it cannot be parsed' : `unexpected character at position ${position}`
}

function whyNoObject(body: Bytes): SpekaError {
  if (nestsDeeperThan(body.subarray(0, EXPLAINED_BYTES), bodyLimits.depth)) return aboveLimit.depth()
  if (body.length > EXPLAINED_BYTES) return notAnObject()
  const text = asBuffer(body).toString('utf8')
  if (text.trim() === '') return new SpekaError('invalid_json', 'The request body is empty. Send a JSON object.')
  parse(text)
  return notAnObject()
}

const notAnObject = (): SpekaError =>
  new SpekaError('invalid_json', 'The request body must be a JSON object: { "model": …, "messages": … }.')

function outlineOf(body: Bytes, scan: ObjectScan): string {
  const buffer = asBuffer(body)
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end } of scan.longStrings) {
    pieces.push(buffer.subarray(at, start), MARK)
    at = end
  }
  pieces.push(buffer.subarray(at))
  return Buffer.concat(pieces).toString('utf8')
}

/** A key can only be poison if it is spelled out or hidden behind an escape. */
const mayHide = (text: string): boolean =>
  text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')

/** A key by which a careless copy of the value would reach the prototype that all objects share. */
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

function refuseDuplicates({ members }: ObjectScan, path: string, single: (key: string) => boolean): void {
  const seen = new Set<string>()
  for (const { key } of members) {
    if (!single(key)) continue
    if (seen.has(key)) {
      const param = path + key
      const message = `The request has "${param}" twice. Send it once, so that what is priced is what runs.`
      throw new SpekaError('duplicate_parameter', message, { param })
    }
    seen.add(key)
  }
}

/** `include_usage` decides whether an answer can be priced, so it too may be there only once. */
function refuseDuplicateOptions(body: Bytes, scan: ObjectScan): void {
  const member = memberCalled(scan, 'stream_options')
  const options = member && scanObject(body.subarray(member.valueStart, member.valueEnd))
  if (options !== undefined) refuseDuplicates(options, 'stream_options.', (key) => key === 'include_usage')
}
