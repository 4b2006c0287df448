import { brotliCompressSync, gzipSync } from 'node:zlib'
import {
  chunk,
  completion,
  delta,
  event,
  headOf,
  json,
  streamEnd,
  streamHead,
  type Step,
} from '../../support/scripted-upstream.ts'
import { answer, everyPlace, inJson, inStream, named, PIECES, TEXT, type FaultRow } from '../fault-row.ts'
import { begun, bytesOf, endMark, endOfStream, finish, midStream, usage, wholeJson, wholeStream } from '../scripts.ts'

const MiB = 1024 * 1024

/** The events of a whole answer, as text: each HTTP chunk without its length. */
const events = wholeStream
  .slice(1, -1)
  .map((step) => bytesOf([step]).toString().slice(0, -2))
  .map((text) => text.slice(text.indexOf('\r\n') + 2))
  .join('')

const ENDS = ['\r\n', '\r', '\n']

/** Lines that end now so, now so; never LF behind CR, which together would be one end. */
const mixed = (text: string): string => {
  let at = 0
  return text.replace(/\n\n/g, () => {
    at += 1
    return `${ENDS[at % 3]}${ENDS[at % 3]}`
  })
}

const spellings: readonly (readonly [at: string, text: string])[] = [
  ['lines that end in CR LF', events.replaceAll('\n', '\r\n')],
  ['lines that end in CR', events.replaceAll('\n', '\r')],
  ['lines that end in each way', mixed(events)],
  ['no space behind "data:"', events.replaceAll('data: ', 'data:')],
  ['a byte order mark', `\uFEFF${events}`],
  ['comments and other fields', events.replaceAll('data: {', ': note\nid: 7\nretry: 1\nevent: x\ndata: {')],
  ['data over several lines', events.replaceAll(',"choices"', ',\ndata: "choices"')],
  ['blank lines between events', events.replaceAll('\n\n', '\n\n\n\n')],
  ['no blank line at the end', events.trimEnd()],
]

const each = (bytes: Buffer, step: (byte: number) => Step): Step[] => Array.from(bytes, step)
const oneByteChunk = (byte: number): Step => ({
  write: Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]),
})

/** Prepared ahead: making them takes longer than refusing them. */
const longLine = [chunk(`data: ${'a'.repeat(2 * MiB)}`), 'hang'] as const
const manyLines = [chunk('data:\n'.repeat(1_000_000)), 'hang'] as const
const emptyEvents = chunk('data:\n\n'.repeat(100_000))
const floods: readonly (readonly [at: string, flood: Step])[] = [
  ['blank lines without end', chunk('\n'.repeat(2 * MiB))],
  ['comments without end', chunk(': x\n\n'.repeat(MiB / 2))],
  ['empty events without end', chunk('data:\n\n'.repeat(MiB / 3))],
]
const tooLarge = json(completion('x'.repeat(33 * MiB)))
const bomb = gzipSync(Buffer.alloc(8 * MiB, ' '))

const plainBody = Buffer.from(JSON.stringify(completion(TEXT)))

const encoded = (encoding: string, body: Buffer): Step[] => {
  const headers = {
    'content-type': 'application/json',
    'content-encoding': encoding,
    'content-length': `${body.length}`,
  }
  return [{ write: headOf(200, headers) }, { write: body }]
}

const ofSecond = (content: string, finish_reason: string | null = null): Step =>
  event({ ...delta(''), choices: [{ index: 1, delta: { content }, finish_reason }] })

/** Answers in a strange form, some of them made to do harm. */
export const framing: readonly FaultRow[] = [
  {
    id: 'F-17',
    fault: 'chunks twice, or out of order',
    cases: [
      inStream(
        'one piece twice',
        [...begun(2), ...PIECES.slice(1).map((piece) => event(delta(piece))), ...streamEnd()],
        answer,
        { text: 'The quick quick brown fox jumps.' },
      ),
      inStream('two end marks', [...begun(5), finish, usage, endMark, endMark, endOfStream], answer),
      inStream('words behind the end mark', [...wholeStream.slice(0, -1), event(delta('more')), endOfStream], answer),
      inStream(
        'the second choice first',
        [streamHead, ofSecond('b'), ...begun(5).slice(1), ofSecond('', 'stop'), ...streamEnd()],
        answer,
        { request: { n: 2 } },
      ),
    ],
  },
  {
    id: 'F-18',
    fault: 'events in every spelling, split anywhere',
    cases: [
      ...spellings.map(([at, text]) => inStream(at, [streamHead, chunk(text), endOfStream], answer)),
      inStream('one byte at a time', [streamHead, ...each(Buffer.from(events), oneByteChunk), endOfStream], answer),
      inJson(
        'one byte at a time',
        each(bytesOf(wholeJson), (byte) => ({ write: Buffer.of(byte) })),
        answer,
      ),
    ],
  },
  {
    id: 'F-19',
    fault: 'an event without end, or a flood of nothing',
    atOnce: 1,
    cases: [
      ...named('one long line', everyPlace('upstream_bad_response', { script: [streamHead, ...longLine] }, ['stream'])),
      ...named(
        'a million lines',
        everyPlace('upstream_bad_response', { script: [streamHead, ...manyLines] }, ['stream']),
      ),
      ...named('one long line', midStream('upstream_bad_response', longLine)),
      ...floods.flatMap(([at, flood]) => [
        ...named(at, everyPlace('upstream_bad_response', { script: [streamHead, flood, 'hang'] }, ['stream'])),
        ...named(at, midStream('upstream_bad_response', [flood, 'hang'])),
      ]),
      inStream(
        'a hundred thousand empty events, then the answer',
        [streamHead, emptyEvents, ...wholeStream.slice(1)],
        answer,
      ),
    ],
  },
  {
    id: 'F-20',
    fault: 'an answer too large, or compressed',
    atOnce: 1,
    cases: [
      ...named('33 MiB', everyPlace('upstream_bad_response', { script: tooLarge }, ['JSON'])),
      ...['gzip', 'br', 'zstd', 'gzip, gzip, gzip, gzip, gzip, gzip'].flatMap((encoding) =>
        named(encoding, everyPlace('upstream_bad_response', { script: encoded(encoding, bomb) })),
      ),
      inJson('a whole answer in gzip', encoded('gzip', gzipSync(plainBody)), answer),
      inJson('a whole answer in brotli', encoded('br', brotliCompressSync(plainBody)), answer),
      inJson('gzip, by name alone', encoded('gzip', plainBody), answer),
      inJson('identity, which is none', encoded('identity', plainBody), answer),
    ],
  },
]
