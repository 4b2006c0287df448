import fc from 'fast-check'
import { parseExactly } from './exact-json.ts'

test.each([
  ['a whole number above 2^53', '{"id":2512292042121000001}'],
  ['a negative one', '[-9007199254740993]'],
  ['more digits than a double has', '{"a":{"b":[0.12345678901234567890123]}}'],
  ['a number alone', '18446744073709551615'],
  ['digits within a text', '{"id":"2512292042121000001","n":1}'],
  ['no long number', '{"a":[1,-2.5,true,null,"x"]}'],
])('keeps %s', (_, text) => {
  expect(JSON.stringify(parseExactly(text))).toBe(text)
})

test('reads everything else as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.stringify(parseExactly(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

test('throws at what is no JSON', () => {
  expect(() => parseExactly('{"a":2512292042121000001')).toThrow(SyntaxError)
})
