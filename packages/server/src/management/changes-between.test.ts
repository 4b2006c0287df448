import { changesBetween } from './changes-between.ts'

test.each([
  { what: 'nothing', before: { a: [1, { b: null }] }, after: { a: [1, { b: null }] }, changes: [] },
  { what: 'a value', before: { a: { b: 1, c: 2 } }, after: { a: { b: 1, c: 3 } }, changes: [[['a', 'c'], 3]] },
  { what: 'a value that is none', before: { a: 1 }, after: { a: null }, changes: [[['a'], null]] },
  {
    what: 'a row',
    before: { data: [{ n: 1 }, { n: 2 }] },
    after: { data: [{ n: 1 }, { n: 3 }] },
    changes: [[['data', 1, 'n'], 3]],
  },
  { what: 'another row', before: { data: [1] }, after: { data: [1, 2] }, changes: [[['data'], [1, 2]]] },
  { what: 'another field', before: { a: { b: 1 } }, after: { a: { c: 1 } }, changes: [[['a'], { c: 1 }]] },
  { what: 'a list for an object', before: { a: {} }, after: { a: [] }, changes: [[['a'], []]] },
  { what: 'all of it', before: null, after: { a: 1 }, changes: [[[], { a: 1 }]] },
])('what has changed: $what', ({ before, after, changes }) => {
  expect(changesBetween(before, after)).toEqual(changes)
})
