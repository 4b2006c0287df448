import fc from 'fast-check'
import { canonicalJson } from './canonical-json.ts'

test('names are sorted at every depth, and nothing stands between', () => {
  const value = { b: [{ d: 1, c: null }, 'x'], a: true, é: 'Zoë\n', Z: undefined }
  expect(canonicalJson(value)).toBe('{"a":true,"b":[{"c":null,"d":1},"x"],"é":"Zoë\\n"}')
})

test('the order in which fields were given changes nothing, and it reads as what it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(turned(value))).toBe(text)
    }),
  )
})

test.each([Number.NaN, Infinity, 1n, [undefined]])('%p has no text', (value) => {
  expect(() => canonicalJson(value)).toThrow('which JSON has not')
})

/** The same value with the fields of each object the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, field]) => [name, turned(field)]),
  )
}
