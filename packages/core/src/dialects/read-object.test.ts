import fc from 'fast-check'
import { readObject } from './read-object.ts'

const read = (text: string): unknown => readObject(Buffer.from(text))

test.each([
  ['{"a":1}', { a: 1 }],
  ['[1]', {}],
  ['null', {}],
  ['{"a":"one\ttwo"}', { a: 'one\ttwo' }],
  [String.raw`{"a":"C:\data \u12 \"x\" \\"}`, { a: 'C:\\data \\u12 "x" \\' }],
  ['{"a":"\u0000","b\u001f":[{"c":"\u007f"}]}', { a: '\0', 'b\u001f': [{ c: '\u007f' }] }],
])('%j is read', (text, value) => {
  expect(read(text)).toEqual(value)
})

test('whatever an upstream leaves unescaped in a text, the object is read', () => {
  const pieces = ['\\\\', '\\n', '\\"', '\\u', '\\u00', '\\q', '\t', '\u0001', 'a', '\u{1f600}', '\ud800']
  const texts = fc.array(fc.constantFrom(...pieces)).map((chosen) => chosen.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      expect(read(`{"content":"${text}"}`)).toEqual({ content: expect.any(String) })
    }),
  )
})

test('a long text of the kind is no burden', () => {
  const text = `\t${'x\\q'.repeat(300_000)}`
  expect((read(`{"a":"${text}"}`) as { a: string }).a).toHaveLength(text.length)
})
