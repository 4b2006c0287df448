import fc from 'fast-check'
import { Bag, type Bagged } from './bag.ts'

test('a bag holds what a set would', () => {
  const items = Array.from({ length: 8 }, (): Bagged => ({ place: -1 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(7))), (steps) => {
      const bag = new Bag<Bagged>()
      const set = new Set<Bagged>()
      for (const item of items) item.place = -1
      for (const [adds, index] of steps) {
        const item = items[index] ?? { place: -1 }
        if (adds) bag.add(item)
        else bag.delete(item)
        if (adds) set.add(item)
        else set.delete(item)
        expect(bag.size).toBe(set.size)
        expect(new Set(bag.list())).toEqual(set)
      }
    }),
  )
})
