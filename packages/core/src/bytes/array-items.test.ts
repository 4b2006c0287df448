import fc from 'fast-check'
import { dropItems, itemsIn } from './array-items.ts'
import { join, splice } from './splice.ts'

const drop = (json: string, isDropped: (index: number) => boolean): string => {
  const buffer = Buffer.from(json)
  const items = itemsIn(buffer, { start: 0, end: buffer.length }) ?? []
  return Buffer.from(join(splice(buffer, dropItems(items, isDropped)))).toString()
}

test.each([
  ['[1, 2, 3]', [0], '[2, 3]'],
  ['[1, 2, 3]', [1], '[1, 3]'],
  ['[1, 2, 3]', [2], '[1, 2]'],
  ['[1, 2, 3]', [1, 2], '[1]'],
  ['[ 1 , {"a":[2,"]"]} , "3,4" ]', [0, 2], '[ {"a":[2,"]"]} ]'],
  ['[1]', [0], '[]'],
  ['[]', [], '[]'],
])('of %s the items %j are taken out, and all else stays as it is spelled', (json, dropped, left) => {
  expect(drop(json, (index) => dropped.includes(index))).toBe(left)
})

test('what is no array has no items', () => {
  expect(itemsIn(Buffer.from('{"a":[1]}'), { start: 0, end: 9 })).toBeUndefined()
})

test('whatever stands in an array, what is left is what was not taken out', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.integer(), fc.constantFrom(undefined, 1, '\t'), (items, mask, space) => {
      const isDropped = (index: number): boolean => ((mask >> (index % 30)) & 1) === 1
      const left: unknown = JSON.parse(drop(JSON.stringify(items, undefined, space), isDropped))
      expect(left).toEqual(JSON.parse(JSON.stringify(items.filter((_, index) => !isDropped(index)))))
    }),
  )
})
