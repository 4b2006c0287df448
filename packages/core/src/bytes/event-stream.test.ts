import fc from 'fast-check'
import { eventMessage, eventStreamMessage, exceptionMessage, messageOf } from './__fixtures__/event-stream-message.ts'
import { EventStreamCutter } from './event-stream.ts'
import { FrameTooLongError } from './frames.ts'

const told = ({ kind, type, payload }: { kind: string; type: string; payload: Buffer }): Buffer =>
  Buffer.from(`${kind} ${type} ${payload.toString()}`)

function cut(pieces: readonly Buffer[], limit?: number): string[] {
  const frames: string[] = []
  const cutter = new EventStreamCutter(told, limit)
  for (const piece of pieces) cutter.push(piece, (frame) => frames.push(frame.toString()))
  return frames
}

/** A message with its checksums. */
const WHOLE = Buffer.from(
  '0000008d00000056ae5c5f8b0b3a6576656e742d74797065070010636f6e74656e74426c6f636b53746f700d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e646578223a302c2270223a22616263646566676869227d24f110b1',
  'hex',
)

test('a message is read through its headers', () => {
  expect(cut([WHOLE])).toEqual(['event contentBlockStop {"contentBlockIndex":0,"p":"abcdefghi"}'])
})

const messages = [eventMessage('chunk', { a: 'Grüße' }), eventMessage('end', {}), exceptionMessage('throttled', 'Wait')]
const frames = ['event chunk {"a":"Grüße"}', 'event end {}', 'exception throttled {"message":"Wait"}']

test('messages are the same wherever the network splits them', () => {
  const whole = Buffer.concat(messages)
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), whole.length]
      const pieces = cuts.slice(1).map((end, at) => whole.subarray(cuts[at], end))
      expect(cut(pieces)).toEqual(frames)
    }),
  )
})

test('headers of other kinds than texts are passed by', () => {
  const other = Buffer.concat([Buffer.of(1), Buffer.from('n'), Buffer.of(4), Buffer.from([0, 0, 0, 9])])
  const message = eventMessage('chunk', {})
  const headers = message.subarray(12, 12 + message.readUInt32BE(4))
  expect(cut([messageOf(Buffer.concat([other, headers]), Buffer.from('{}'))])).toEqual(['event chunk {}'])
})

test.each([
  ['headers that end behind the message', () => messageOf(Buffer.alloc(0), Buffer.alloc(0), 9)],
  ['a length that is too short', () => Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.alloc(20)])],
  ['a message without a kind', () => eventStreamMessage({ ':event-type': 'chunk' }, '{}')],
  ['a type that is no word', () => eventStreamMessage({ ':event-type': 'a"b', ':message-type': 'event' }, '{}')],
])('after %s nothing more is read', (_, message) => {
  expect(cut([message(), ...messages])).toEqual(['data: -\n\n'])
})

test.each([
  ['its lengths', 3],
  ['the checksum of its lengths', 9],
  ['a header', 20],
  ['what it says', WHOLE.length - 10],
  ['its checksum', WHOLE.length - 1],
])('a message with another bit in %s is none, and nothing behind it is read', (_, at) => {
  const spoiled = Buffer.from(WHOLE)
  spoiled[at] = (spoiled[at] ?? 0) ^ 1
  expect(cut([WHOLE, spoiled, WHOLE])).toEqual([
    'event contentBlockStop {"contentBlockIndex":0,"p":"abcdefghi"}',
    'data: -\n\n',
  ])
})

test('lengths that are wrong are not waited for', () => {
  const spoiled = Buffer.from(WHOLE)
  spoiled[1] = 0x0f
  expect(cut([spoiled.subarray(0, 12)])).toEqual(['data: -\n\n'])
})

test('a message without end is not waited for', () => {
  expect(() => cut([eventMessage('chunk', { a: 'x'.repeat(200) })], 100)).toThrow(FrameTooLongError)
})

test('anything at all is cut or refused', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (pieces) => {
      try {
        cut(pieces.map((piece) => Buffer.from(piece)))
      } catch (error) {
        expect(error).toBeInstanceOf(FrameTooLongError)
      }
    }),
  )
})
