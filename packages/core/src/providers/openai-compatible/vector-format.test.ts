import fc from 'fast-check'
import { inFormat, numbersOf } from './vector-format.ts'

const vectors = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 })
const base64 = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64')

test.each(['float', 'base64'] as const)('a vector of 32-bit floats survives as %s, bit by bit', (format) => {
  fc.assert(
    fc.property(vectors, (vector) => {
      const found = numbersOf(JSON.parse(inFormat(vector, format)))
      // JSON has no negative zero, and nobody measures with one.
      expect(found?.map((value) => value + 0)).toEqual(vector.map((value) => value + 0))
    }),
  )
})

test('a number with more digits than 32 bits hold becomes the nearest that they do', () => {
  expect(numbersOf(JSON.parse(inFormat([0.1, 1e-50], 'base64')))).toEqual([Math.fround(0.1), 0])
})

test('base64 is little-endian, as OpenAI has it', () => {
  expect(inFormat([1, -2], 'base64')).toBe('"AACAPwAAAMA="')
  expect(numbersOf('AACAPwAAAMA=')).toEqual([1, -2])
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty list', []],
  ['an empty text', ''],
  ['a list of texts', ['0.1']],
  ['a list with a hole in it', [0.1, null]],
  ['a number too large', [Infinity]],
  ['a list of lists', [[0.1]]],
  ['a number', 0.1],
  ['an object', { 0: 0.1 }],
  ['text', 'not a vector'],
  ['text of the right length', 'no! vector'],
  ['half a float', base64(1).slice(0, 4)],
  ['not a number, as base64', base64(1, Number.NaN)],
  ['infinity, as base64', base64(Infinity)],
])('%s is no vector', (_, value) => {
  expect(numbersOf(value)).toBeUndefined()
})
