import fc from 'fast-check'
import { compareGroups } from '../usage-groups.ts'
import { inOrder } from './group-order.ts'

test('groups come in the order in which their names are compared', () => {
  const names = fc.uniqueArray(fc.option(fc.string({ unit: 'grapheme', maxLength: 4 }), { nil: undefined }), {
    minLength: 1,
    maxLength: 30,
  })
  const packed = fc.record({ names, depth: fc.integer({ min: 1, max: 3 }) }).chain((fixed) =>
    fc.record({
      names: fc.constant(fixed.names),
      groups: fc.array(
        fc.array(fc.nat({ max: fixed.names.length - 1 }), { minLength: fixed.depth, maxLength: fixed.depth }),
        { maxLength: 60 },
      ),
      depth: fc.constant(fixed.depth),
    }),
  )
  fc.assert(
    fc.property(packed, ({ names, groups, depth }) => {
      const nameOf = (index: number): (string | undefined)[] => (groups[index] ?? []).map((place) => names[place])
      const order = inOrder(
        { size: groups.length, counts: [], names, groups: Uint32Array.from(groups.flat()), sums: new Float64Array() },
        depth,
      )
      // Stable, as is the sort it stands in for.
      expect([...order]).toEqual([...groups.keys()].sort((a, b) => compareGroups(nameOf(a), nameOf(b))))
    }),
    { numRuns: 100 },
  )
})
