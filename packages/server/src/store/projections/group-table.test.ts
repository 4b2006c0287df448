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

test('lists that came last are forgotten, as if they had never come', () => {
  const lists = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { minLength: 1, maxLength: 1500 })
  fc.assert(
    fc.property(lists, lists, fc.nat(), (first, then, at) => {
      const table = new GroupTable(2)
      for (const group of first) table.placeOf(group)
      const kept = [...table.numbers()].slice(0, 2 * (at % (table.count + 1)))
      table.truncate(kept.length / 2)
      const anew = new GroupTable(2)
      for (let start = 0; start < kept.length; start += 2) anew.placeOf(kept.slice(start, start + 2))
      for (const group of then) expect(table.placeOf(group)).toBe(anew.placeOf(group))
      expect([...table.numbers()]).toEqual([...anew.numbers()])
    }),
    { numRuns: 30 },
  )
})
