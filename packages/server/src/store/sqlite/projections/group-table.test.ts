import fc from 'fast-check'
import { GroupTable } from './group-table.ts'

test('lists of numbers get places in the order in which they come, and keep them', () => {
  const lists = fc.integer({ min: 1, max: 4 }).chain((depth) =>
    fc.array(fc.array(fc.nat({ max: 12 }), { minLength: depth, maxLength: depth }), {
      minLength: 1,
      maxLength: 2000,
    }),
  )
  fc.assert(
    fc.property(lists, (groups) => {
      const table = new GroupTable(groups[0]?.length ?? 0)
      const places = new Map<string, number>()
      for (const group of groups) {
        const name = group.join()
        if (!places.has(name)) places.set(name, places.size)
        expect(table.placeOf(group)).toBe(places.get(name))
      }
      expect(table.count).toBe(places.size)
      expect([...table.numbers()].join()).toBe([...places.keys()].join())
    }),
    { numRuns: 30 },
  )
})
