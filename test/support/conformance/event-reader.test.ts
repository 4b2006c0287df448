import fc from 'fast-check'
import { EventReader, type SentEvent } from './event-reader.ts'

const read = (...pieces: (string | Uint8Array)[]) => {
  const reader = new EventReader()
  const events = pieces.flatMap((piece) => reader.read(Buffer.from(piece)))
  return { events, rest: reader.rest }
}

describe('reading server-sent events', () => {
  test.each([
    { what: 'data', wire: 'data: {}\n\n', events: [{ data: '{}' }] },
    { what: 'data without a space', wire: 'data:{}\n\n', events: [{ data: '{}' }] },
    { what: 'data of several lines', wire: 'data: {\ndata: }\n\n', events: [{ data: '{\n}' }] },
    { what: 'a name', wire: 'event: error\ndata: {}\n\n', events: [{ name: 'error', data: '{}' }] },
    { what: 'a name without data', wire: 'event: ping\n\n', events: [{ name: 'ping' }] },
    { what: 'empty data', wire: 'data:\n\n', events: [{ data: '' }] },
    { what: 'nothing but a comment', wire: ': speka\n\n', events: [] },
    { what: 'a comment inside', wire: ': speka\ndata: 1\n\n', events: [{ data: '1' }] },
    { what: 'CRLF', wire: 'data: 1\r\n\r\ndata: 2\r\n\r\n', events: [{ data: '1' }, { data: '2' }] },
    { what: 'several at once', wire: 'data: 1\n\ndata: [DONE]\n\n', events: [{ data: '1' }, { data: '[DONE]' }] },
  ])('finds $what', ({ wire, events }) => {
    const expected: SentEvent[] = events.map((event) => ({ name: undefined, data: undefined, ...event }))
    expect(read(wire)).toEqual({ events: expected, rest: '' })
  })

  test('keeps what is not complete', () => {
    expect(read('data: 1\n\ndata: 2\n')).toEqual({ events: [{ name: undefined, data: '1' }], rest: 'data: 2\n' })
  })

  test('does not depend on where the bytes are split', () => {
    const wire = Buffer.from('event: a\r\ndata: {"text":"h€llo 😀"}\r\n\r\n: speka\n\ndata: [DONE]\n\n')
    const whole = read(wire)
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(wire.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), wire.length]
        expect(read(...at.map((from, index) => wire.subarray(from, at[index + 1])))).toEqual(whole)
      }),
    )
  })

  test('refuses bytes that are no UTF-8', () => {
    expect(() => read(Buffer.from([0x64, 0xff, 0x0a, 0x0a]))).toThrow('not valid')
  })
})
