import { typedEvent } from './typed-event.ts'

const read = (text: string): { type: string; data: string; rest: string } | undefined => {
  const frame = Buffer.from(text)
  const typed = typedEvent(frame)
  return (
    typed && {
      type: typed.type,
      data: frame.toString('utf8', typed.dataStart),
      rest: frame.toString('utf8', typed.rest),
    }
  )
}

test.each([
  ['named before its data', 'event: a.b_c\ndata: {"type":"a.b_c","text":"Hi"}\n\n', ',"text":"Hi"}\n\n'],
  ['named in its data alone', 'data: {"type":"a.b_c","text":"Hi"}\n\n', ',"text":"Hi"}\n\n'],
  ['with a blank', 'event: a.b_c\ndata: {"type": "a.b_c"}\n\n', '}\n\n'],
])('an event %s is of its type', (_, text, rest) => {
  expect(read(text)).toEqual({ type: 'a.b_c', data: text.slice(text.indexOf('{')), rest })
})

test.each([
  ['has two names', 'event: a\ndata: {"type":"b"}\n\n'],
  ['has one name that begins like the other', 'event: a\ndata: {"type":"ab"}\n\n'],
  ['has its type behind something else', 'event: a\ndata: {"id":1,"type":"a"}\n\n'],
  ['has a type that is no text', 'event: a\ndata: {"type":1}\n\n'],
  ['spells its type otherwise', 'event: a\ndata: {"type":"\\u0061"}\n\n'],
  ['has a line more', 'event: a\nid: 1\ndata: {"type":"a"}\n\n'],
  ['has data in two lines', 'event: a\ndata: {"type":"a",\ndata: "b":1}\n\n'],
  ['is cut off', 'event: a\ndata: {"type":"a'],
  ['is empty', ''],
])('of an event that %s nothing is said', (_, text) => {
  expect(read(text)).toBeUndefined()
})
