import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { asBuffer, memberCalled, scanObject, type Span } from '../../bytes/scan-object.ts'
import { join, splice, type Edit } from '../../bytes/splice.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Reply } from '../provider.ts'
import { parseAnswer } from './chat-answer.ts'
import { inFormat, numbersOf } from './vector-format.ts'
import { vectorSpans, type VectorSpan } from './vector-spans.ts'

/** An answer of vectors, of which only what stands around them has been read. */
export interface VectorsRead {
  readonly body: Buffer
  /** The answer parsed, with a mark in the place of each vector. */
  readonly outline: Readonly<Record<string, unknown>>
  /** One for each text, in their order, as JSON in the format asked for. */
  readonly vectors: readonly (string | Bytes)[]
  /** Whether the body shows them so already. */
  readonly asAsked: boolean
  /** Where the value of a member of the answer stands in `body`. */
  valueOf(key: string): Span | undefined
  /** Sets a member of the answer. */
  set(key: string, json: string): Edit
}

/** Stands in the outline for a vector. No upstream would write it. */
const MARK = '<vector>'
const MARK_JSON = Buffer.from(JSON.stringify(MARK))

/**
 * Reads an answer of vectors. They are parsed only when they come in another format, or look wrong.
 *
 * @param count how many there must be.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readVectors(reply: Reply, count: number, format: 'float' | 'base64'): VectorsRead {
  const body = asBuffer(reply.body)
  const spans = vectorSpans(body)
  const short = join(
    splice(
      body,
      spans.map(({ start, end }) => ({ start, end, text: MARK_JSON })),
    ),
  )
  const outline = parseAnswer({ body: short })
  const items = outline['data']
  if (!Array.isArray(items) || items.length === 0) throw new BadReplyError(badReply('sent an answer without vectors'))
  if (items.length !== count) {
    throw new BadReplyError(badReply(`sent ${items.length} vectors for ${count} ${count === 1 ? 'text' : 'texts'}`))
  }
  // Where one of them could not be cut out, the rest may not be theirs in order.
  const marked = items.length === spans.length && items.every((item) => isRecord(item) && item['embedding'] === MARK)
  const rows: readonly Record<string, unknown>[] = marked ? items : dataIn(body)
  const places = placesOf(rows)
  const vectors: (string | Bytes)[] = []
  for (const [at, row] of rows.entries())
    vectors[places[at] ?? at] = vectorAs(format, row, body, marked ? spans[at] : undefined)
  const asAsked =
    marked &&
    rows.every((row, at) => row['index'] === at && row['object'] === 'embedding' && spans[at]?.format === format)
  return { body, outline, vectors, asAsked, ...membersOf(short, spans) }
}

/** The same items as they are, parsed. */
function dataIn(body: Buffer): Record<string, unknown>[] {
  const { data } = parseAnswer({ body })
  return Array.isArray(data) ? data.map((item: unknown) => (isRecord(item) ? item : {})) : []
}

/** Which text each item belongs to: what its `index` says, unless two say the same; then they are in order. */
function placesOf(rows: readonly Record<string, unknown>[]): readonly number[] {
  const said = rows.map(({ index }) => index)
  const isPermutation =
    new Set(said).size === rows.length &&
    said.every((index) => Number.isInteger(index) && Number(index) >= 0 && Number(index) < rows.length)
  return isPermutation ? (said as number[]) : Array.from(rows.keys())
}

function vectorAs(
  format: 'float' | 'base64',
  row: Readonly<Record<string, unknown>>,
  body: Buffer,
  span: VectorSpan | undefined,
): string | Bytes {
  if (span?.format === format) return body.subarray(span.start, span.end)
  const vector = numbersOf(span === undefined ? row['embedding'] : parseNumbers(body, span))
  if (vector === undefined) throw new BadReplyError(badReply('sent something else than vectors'))
  return inFormat(vector, format)
}

function parseNumbers(body: Buffer, { start, end }: Span): unknown {
  try {
    return JSON.parse(body.toString('latin1', start, end))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
}

/** Finds members of the answer by way of its short form. */
function membersOf(short: Buffer, spans: readonly VectorSpan[]): Pick<VectorsRead, 'valueOf' | 'set'> {
  const scan = scanObject(short, Infinity)
  if (scan === undefined) throw new BadReplyError(badReply('sent something else than JSON'))
  /** An offset in the short form as one in the body. */
  const inBody = (offset: number): number => {
    let longer = 0
    for (const { start, end } of spans) {
      if (start - longer >= offset) break
      longer += end - start - MARK_JSON.length
    }
    return offset + longer
  }
  const valueOf = (key: string): Span | undefined => {
    const member = memberCalled(scan, key)
    return member && { start: inBody(member.valueStart), end: inBody(member.valueEnd) }
  }
  return {
    valueOf,
    set(key, json) {
      const value = valueOf(key)
      const at = scan.object.start + 1
      return value === undefined
        ? { start: at, end: at, text: `${JSON.stringify(key)}:${json},` }
        : { ...value, text: json }
    },
  }
}
