import fc from 'fast-check'
import { dataOf, FrameCutter, FrameTooLongError, isDone, isPlain, jsonFrame } from './frames.ts'

function cut(chunks: readonly Uint8Array[], limit?: number): string[] {
  const cutter = new FrameCutter(limit)
  const frames: string[] = []
  for (const chunk of chunks) cutter.push(chunk, (frame) => frames.push(frame.toString()))
  return frames
}

const splitAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  return sorted.map((to) => bytes.subarray(from, (from = to)))
}

const event = fc.string({ unit: 'grapheme' }).map((text) => `data: ${JSON.stringify({ text })}`)
/** No event is dispatched for them. */
const nothing = fc.constantFrom('', ': note\n\n', ':\n\n', 'event: ping\n\n', 'id\n\n', 'data:\n\n', 'data\n\n')
const lineEnd = fc.constantFrom('\n', '\r\n', '\r')

describe('cutting a stream into frames', () => {
  test('gives the same frames wherever the network split the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(nothing, event, lineEnd, lineEnd, fc.array(lineEnd, { maxLength: 2 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.array(fc.nat(4000), { maxLength: 12 }),
        fc.boolean(),
        (events, places, mark) => {
          const text = events.map(([before, data, first, second, extra]) => {
            // A CR followed by an LF would be one line end, not two.
            const blank = first === '\r' && second === '\n' ? '\n\n' : first + second
            return before + data + blank + extra.map((end) => (end === '\n' ? '\r\n' : end)).join('')
          })
          const bytes = Buffer.from((mark ? '\uFEFF' : '') + text.join(''))
          const expected = events.map(([, data]) => `${data}\n\n`)
          expect(cut(splitAt(bytes, places))).toEqual(expected)
        },
      ),
    )
  })

  test('one byte at a time is enough', () => {
    const bytes = Buffer.from('data: "zwölf"\r\n\r\n: note\n\ndata: 2\n\n')
    expect(cut([...bytes].map((byte) => Buffer.of(byte)))).toEqual(['data: "zwölf"\n\n', 'data: 2\n\n'])
  })

  test('an unfinished frame is kept aside, not delivered', () => {
    const cutter = new FrameCutter()
    const frames: string[] = []
    cutter.push(Buffer.from('data: 1\n\ndata: 2\n'), (frame) => frames.push(frame.toString()))
    expect(frames).toEqual(['data: 1\n\n'])
    expect(cutter.rest().toString()).toBe('data: 2\n')
  })

  test('a line without end is refused at the limit', () => {
    const line = Buffer.from(`data: ${'a'.repeat(100)}`)
    expect(() => cut([line, line, line], 256)).toThrow(FrameTooLongError)
  })

  test.each(['data:1\n\n', 'data:\ndata: 1\n\n', ': note\ndata: 1\n\n', 'event: ping\ndata: 1\n\n', 'dat: 1\nx\n\n'])(
    '%j may say something',
    (frame) => {
      expect(cut([Buffer.from(frame)])).toEqual([frame])
    },
  )

  test('a million blank lines produce nothing', () => {
    expect(cut([Buffer.alloc(1_000_000, '\n')])).toEqual([])
  })
})

describe('looking into a frame', () => {
  test.each([
    { frame: 'data: {"a":1}\n\n', data: '{"a":1}', plain: true },
    { frame: 'data:{"a":1}\n\n', data: '{"a":1}', plain: true },
    { frame: 'event: ping\ndata: {}\n\n', data: '{}', plain: false },
    { frame: 'data: {"a":\ndata: 1}\n\n', data: '{"a":\n1}', plain: false },
    { frame: ': comment\n\n', data: undefined, plain: false },
    { frame: 'event: ping\n\n', data: undefined, plain: false },
    { frame: 'data:\n\n', data: undefined, plain: true },
  ])('$frame carries $data', ({ frame, data, plain }) => {
    const bytes = Buffer.from(frame)
    expect(dataOf(bytes)?.toString()).toBe(data)
    expect(isPlain(bytes)).toBe(plain)
  })

  test('the end mark is recognised with and without spaces', () => {
    expect(isDone(Buffer.from('[DONE]'))).toBe(true)
    expect(isDone(Buffer.from(' [DONE] '))).toBe(true)
    expect(isDone(Buffer.from('"[DONE]"'))).toBe(false)
  })

  test('a frame written from a value reads back', () => {
    expect(dataOf(jsonFrame({ text: 'a\nb' }))?.toString()).toBe('{"text":"a\\nb"}')
  })
})
