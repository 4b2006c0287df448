import fc from 'fast-check'
import { JsonCutter } from './json-cutter.ts'

function cut(text: string, ...cuts: readonly number[]): string[] {
  const cutter = new JsonCutter()
  const places = [0, ...cuts.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  const values = places.slice(1).flatMap((end, index) => cutter.push(text.slice(places[index], end)))
  cutter.end()
  return values.map((value) => value.text)
}

const object = fc.dictionary(fc.string(), fc.jsonValue())

test('objects are cut out as they are, in a list, on lines or one behind the other, however the text is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(object, { minLength: 1 }), fc.array(fc.nat()), (objects, cuts) => {
      const texts = objects.map((one) => JSON.stringify(one))
      for (const text of [
        JSON.stringify(objects),
        texts.join('\n'),
        texts.join(''),
        JSON.stringify(objects, null, 2),
      ]) {
        const values = cut(text, ...cuts)
        expect(values.map((value) => JSON.parse(value))).toEqual(JSON.parse(JSON.stringify(objects)))
      }
    }),
  )
})

test('each is told with its line', () => {
  expect(new JsonCutter().push('[\n{"a":1},\n\n{"b":\n2}]').map(({ line }) => line)).toEqual([2, 4])
})

test('a file that was cut is refused with the line, and so is what is no object', () => {
  expect(() => cut('{"a":1}\n{"b":{"c":"}"')).toThrow(
    /^The file ends on line 2, in the middle of what begins on line 2: it was cut/,
  )
  expect(() => cut('{"a":1}\n12')).toThrow(/^Line 2 is no JSON object/)
})
