import { SpekaError } from '../errors.ts'
import { isRecord } from '../json.ts'
import type { Bytes } from '../transport.ts'
import { aboveLimit, bodyLimits } from './body-limits.ts'
import { decisiveMembers } from './decisive-members.ts'
import { refusePoison } from './find-poison.ts'
import { parseKeeping, type KeepingLimits, type KeptBody } from './keep-strings.ts'
import type { MessagesConfig } from './messages-config.ts'
import { LONG_STRING_MARK, outlineOf } from './outline.ts'
import { parseInSlices } from '../bytes/parse-in-slices.ts'
import {
  asBuffer,
  LONG_STRING_BYTES,
  memberCalled,
  nestsDeeperThan,
  scanInSlices,
  scanObject,
  scanWithin,
  type ObjectScan,
  type ScanFailure,
} from '../bytes/scan-object.ts'

/** What is wrong with a body that is no object is looked for in detail up to this length. */
const EXPLAINED_BYTES = 64 * 1024

/** A body above this is read only when its key may use its model: what is below costs next to nothing. */
const ADMITTED_FIRST_BYTES = 64 * 1024

const PIECE_BYTES = 32 * 1024
/** The quicker check takes less than a millisecond for so many bytes. */
const PIECE_CHECKED_BYTES = 1024 * 1024

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

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
  /** What {@link parseBodyInSlices} has made of this very body. Default: it is read now, at once. */
  readonly parsed?: ParsedBody | undefined
  /** How requests of Anthropic's API are put to other models. Default: as it is by default. */
  readonly messages?: MessagesConfig | undefined
}

export type Admit = (model: string) => void

/**
 * Parses a request body that must be a JSON object. Long strings are skipped, not decoded: see {@link LONG_STRING_MARK}.
 *
 * @throws SpekaError `invalid_json` for anything that is not valid UTF-8, not JSON, not an object, too deep, or that
 *   carries a `__proto__` key; `request_too_large` above {@link bodyLimits}; `duplicate_parameter` for a second `model`,
 *   `stream` and their like; what `admit` throws, for a body that is large.
 */
export function parseBody(body: Bytes, { isUtf8 = decodes, admit, parsed }: BodyAids = {}): ParsedBody {
  if (parsed !== undefined) return parsed
  if (!isUtf8(body)) throw notUtf8()
  const scan = checked(scanWithin(body, bodyLimits), body, admit)
  const outline = (scan.longStrings.length === 0 ? asBuffer(body) : outlineOf(body, scan)).toString('utf8')
  const value = parse(outline)
  if (mayHidePoison(outline)) refusePoison(value)
  return parsedBody(body, scan, value)
}

/** A body above this is worth reading in slices: what is below is read within a few milliseconds, whatever it is. */
export const READ_AT_ONCE_BYTES = 256 * 1024

/**
 * The same in slices of about a millisecond, with a yield between two of them: who has others waiting gives them a turn.
 * What comes of it goes to whoever reads the body next, as {@link BodyAids.parsed}.
 *
 * @throws SpekaError as {@link parseBody} does.
 */
export function* parseBodyInSlices(
  body: Bytes,
  { isUtf8 = decodes, admit }: BodyAids = {},
): Generator<undefined, ParsedBody, undefined> {
  for (const piece of piecesOf(body, PIECE_CHECKED_BYTES)) {
    if (!isUtf8(piece)) throw notUtf8()
    yield
  }
  const scan = checked(yield* scanInSlices(body, bodyLimits), body, admit)
  yield
  const outline = outlineOf(body, scan)
  const value = yield* jsonInSlices(outline)
  yield
  return parsedBody(body, scan, value)
}

/** A key can only be poison if it is spelled out in the JSON, or hidden behind an escape. */
const mayHidePoison = (text: string): boolean =>
  text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')

/** What a scan has found, when it is within limits and the caller may use the model. */
function checked(scan: ObjectScan | ScanFailure, body: Bytes, admit: Admit | undefined): ObjectScan {
  if (scan === 'object') throw whyNoObject(body)
  if (typeof scan === 'string') throw aboveLimit[scan]()
  if (body.length - scan.object.end > bodyLimits.bareBytes) throw aboveLimit.bareBytes()
  if (admit !== undefined && body.length > ADMITTED_FIRST_BYTES) admitModel(body, scan, admit)
  return scan
}

function parsedBody(body: Bytes, scan: ObjectScan, value: unknown): ParsedBody {
  if (!isRecord(value)) throw notAnObject()
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
  limits?: KeepingLimits,
): KeptBody & Pick<ParsedBody, 'scan'> {
  const { value, scan } = parseBody(body, aids)
  if (scan.longStrings.length === 0) return { value, scan, write: (made) => [Buffer.from(JSON.stringify(made))] }
  return { ...json(() => parseKeeping(body, scan, member, limits)), scan }
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
    for (const piece of piecesOf(bytes, PIECE_BYTES)) utf8.decode(piece)
    return true
  } catch {
    return false
  }
}

/** Text in pieces, none of which begins or ends within a character. */
function* piecesOf(bytes: Bytes, length: number): Generator<Bytes> {
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + length, bytes.length)
    // A character has at most three bytes behind its first.
    for (let back = 0; back < 3 && end < bytes.length && isContinuation(bytes[end]); back += 1) end -= 1
    yield bytes.subarray(start, end)
    start = end
  }
}

const parse = (text: string): unknown => json(() => JSON.parse(text) as unknown, text.length)

/** What `read` makes of JSON; what it is not is told with the place, as far as that is the caller's too. */
function json<Value>(read: () => Value, length = NaN): Value {
  try {
    return read()
  } catch (cause) {
    if (SpekaError.is(cause)) throw cause
    throw new SpekaError('invalid_json', `The request body is not valid JSON: ${reason(cause, length)}.`, { cause })
  }
}

function* jsonInSlices(bytes: Buffer): Generator<undefined, unknown, undefined> {
  const parsing = parseInSlices(bytes, (value, text) => {
    if (mayHidePoison(text)) refusePoison(value)
  })
  for (;;) {
    const step = json(() => parsing.next(), bytes.length)
    if (step.done === true) return step.value
    yield
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

const notUtf8 = (): SpekaError =>
  new SpekaError('invalid_json', 'The request body is not valid UTF-8. Send JSON encoded as UTF-8.')

const notAnObject = (): SpekaError =>
  new SpekaError('invalid_json', 'The request body must be a JSON object: { "model": …, "messages": … }.')

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
