import fc from 'fast-check'
import {
  dataOf,
  doneFrame,
  FrameCutter,
  FrameTooLongError,
  isDone,
  isPlain,
  jsonFrame,
  keepAliveFrame,
  typedFrame,
} from './frames.ts'

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

  test('a CR and its LF are one line end, though they come in two chunks', () => {
    expect(cut(['data: 1\r', '\ndata: 2\r', '\n\r', '\n'].map(Buffer.from))).toEqual(['data: 1\ndata: 2\n\n'])
    expect(cut(['data: 1\r', '\rdata: 2\r', '', '\n\n'].map(Buffer.from))).toEqual(['data: 1\n\n', 'data: 2\n\n'])
  })

  test.each([
    { what: 'where nothing else follows a CR', chunks: ['data: 1\r', '\ndata: 2\n\n'] },
    { what: 'and a chunk of nothing between', chunks: ['data: 1\r', '', '\ndata: 2\n\n'] },
    { what: 'and each comes alone', chunks: ['data: 1', '\r', '\n', 'data: 2\n\n'] },
  ])('they are so $what', ({ chunks }) => {
    expect(cut(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(['data: 1\ndata: 2\n\n'])
  })

  test('a byte order mark is one at the start of all, and whole', () => {
    expect(cut([Buffer.from('\uFEFFdata: 1\n\n\uFEFFx: 1\ndata: 2\n\n')])).toEqual([
      'data: 1\n\n',
      '\uFEFFx: 1\ndata: 2\n\n',
    ])
    // Each shares some of its three bytes.
    for (const other of ['\uFEC0', '\uFF61', '\u0FFF', '\u2EFF']) {
      const frame = `${other}: 1\ndata: 1\n\n`
      expect(cut([Buffer.from(frame)])).toEqual([frame])
    }
  })

  test('a CRLF within an event is one line end', () => {
    expect(cut([Buffer.from('event: a\r\ndata: 1\r\n\r\n')])).toEqual(['event: a\ndata: 1\n\n'])
  })

  test('an LF at the start of all is no half of anything', () => {
    expect(cut([Buffer.from('\ndata: 1\n\n')])).toEqual(['data: 1\n\n'])
    expect(cut([Buffer.from('d'), Buffer.from('\ndata: 1\n\n')])).toEqual(['d\ndata: 1\n\n'])
  })

  test('an unfinished frame is kept aside, not delivered', () => {
    const cutter = new FrameCutter()
    const frames: string[] = []
    const push = (text: string): void => cutter.push(Buffer.from(text), (frame) => frames.push(frame.toString()))
    expect(cutter.held).toBe(0)
    push('data: 1\n\ndata: 2\n')
    expect(frames).toEqual(['data: 1\n\n'])
    expect(cutter.held).toBe(8)
    expect(cutter.rest().toString()).toBe('data: 2\n')
    // It is given once.
    expect(cutter.held).toBe(0)
    expect(cutter.rest().toString()).toBe('')
    push('data: 3\n\n')
    expect(frames).toEqual(['data: 1\n\n', 'data: 3\n\n'])
  })

  test('whole frames may be taken by somebody else, from where one begins', () => {
    const cutter = new FrameCutter()
    const frames: string[] = []
    const taken: number[] = []
    const skim = (chunk: Buffer, start: number): number => {
      taken.push(start)
      return chunk.toString('latin1', start).startsWith('data: x\n\n') ? start + 9 : start
    }
    const push = (text: string): void => cutter.push(Buffer.from(text), (frame) => frames.push(frame.toString()), skim)
    push('data: x\n\ndata: 1\n\ndata: x\n\n')
    expect(frames).toEqual(['data: 1\n\n'])
    expect(taken).toEqual([0, 9, 18])
    // In the middle of a frame nobody else is asked.
    taken.length = 0
    push('data: ')
    push('2\n')
    push('\ndata: x\n\n\n')
    expect(frames).toEqual(['data: 1\n\n', 'data: 2\n\n'])
    expect(taken).toEqual([0, 1])
  })

  test('a line without end is refused at the limit', () => {
    const line = Buffer.from(`data: ${'a'.repeat(100)}`)
    expect(() => cut([line, line, line], 256)).toThrow(FrameTooLongError)
    expect(() => cut([line, line, line], 256)).toThrow(expect.objectContaining({ name: 'FrameTooLongError' }))
  })

  test.each(['data: 12\n\n', 'data: 1|2\n\n', 'data: 12\n|\n'])('%j has ten bytes, no more than it may', (text) => {
    const chunks = text.split('|').map((part) => Buffer.from(part))
    expect(cut(chunks, 10)).toEqual(['data: 12\n\n'])
    expect(() => cut(chunks, 9)).toThrow(FrameTooLongError)
    expect(() => cut([Buffer.from('data: 12345')], 10)).toThrow(FrameTooLongError)
    expect(cut([Buffer.from('data: 1234')], 10)).toEqual([])
  })

  test('an event of a mebibyte is the longest, where nobody says otherwise', () => {
    const longest = `data: ${'a'.repeat(1024 * 1024 - 8)}\n\n`
    expect(cut([Buffer.from(longest)])).toEqual([longest])
    expect(() => cut([Buffer.from(longest.replace('a', 'aa'))])).toThrow(FrameTooLongError)
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
  })

  test('a JSON string that spells the end mark is none: no vendor sends one, and no SDK of theirs ends at it', () => {
    expect(isDone(Buffer.from('"[DONE]"'))).toBe(false)
  })

  test('the end mark has no more than eight characters', () => {
    expect(isDone(Buffer.from('  [DONE]'))).toBe(true)
    expect(isDone(Buffer.from('   [DONE]'))).toBe(false)
    expect(isDone(Buffer.from('[DON'))).toBe(false)
  })

  test('what is written for others is as events are written', () => {
    expect(typedFrame({ type: 'ping', a: 1 }).toString()).toBe('event: ping\ndata: {"type":"ping","a":1}\n\n')
    expect(Buffer.from(doneFrame).toString()).toBe('data: [DONE]\n\n')
    expect(Buffer.from(keepAliveFrame).toString()).toBe(': speka\n\n')
    expect(cut([Buffer.from(keepAliveFrame)])).toEqual([])
    expect(isDone(dataOf(Buffer.from(doneFrame)) ?? Buffer.alloc(0))).toBe(true)
  })

  test('a line that was not ended is looked into as well', () => {
    expect(dataOf(Buffer.from('event: a\ndata: 1'))?.toString()).toBe('1')
    expect(dataOf(Buffer.from('data: a\ndata:\ndata:b\n\n'))?.toString()).toBe('a\n\nb')
    expect(dataOf(Buffer.from('event: a\ndata:\n\n'))).toBeUndefined()
    expect(dataOf(Buffer.from('datum: 1\n\n'))).toBeUndefined()
    expect(isPlain(Buffer.from('data: 1\n'))).toBe(false)
  })

  test('a frame written from a value reads back', () => {
    expect(dataOf(jsonFrame({ text: 'a\nb' }))?.toString()).toBe('{"text":"a\\nb"}')
  })
})
