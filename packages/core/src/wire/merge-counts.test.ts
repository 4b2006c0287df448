import fc from 'fast-check'
import { mergeCounts } from './merge-counts.ts'

test.each([
  ['halves come together', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['a later count counts', { a: 1 }, { a: 2 }, { a: 2 }],
  ['a zero wipes nothing out', { a: 1 }, { a: 0 }, { a: 1 }],
  ['a null wipes nothing out', { a: 1 }, { a: null }, { a: 1 }],
  ['a zero is better than nothing', { a: null }, { a: 0 }, { a: 0 }],
  ['a zero gives way', { a: 0 }, { a: 3 }, { a: 3 }],
  ['details are joined as well', { d: { x: 1, y: 2 } }, { d: { x: 0, z: 3 } }, { d: { x: 1, y: 2, z: 3 } }],
  ['details are not lost to null', { d: { x: 1 } }, { d: null }, { d: { x: 1 } }],
])('%s', (_, earlier, later, merged) => {
  expect(mergeCounts(earlier, later)).toEqual(merged)
})

test('however often counts are told, and in whatever pieces, the last that is more than nothing holds', () => {
  const event = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat(5)))
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const merged = events.reduce<Readonly<Record<string, unknown>>>(mergeCounts, {})
      for (const name of ['a', 'b', 'c']) {
        const told = events.map((one) => one[name] ?? undefined).filter((count) => count !== undefined)
        expect(merged[name] ?? undefined).toBe(told.findLast((count) => count > 0) ?? told[0])
      }
    }),
  )
})

test('an event that tells all anew is taken as it is', () => {
  const later = { a: 3, zero: 0, list: [2] }
  expect(mergeCounts({ a: 1, zero: 0, list: [1] }, later)).toBe(later)
})
