import { keepTickShape } from './keep-tick-shape.ts'

test('one of the objects that Node makes for ticks is held, the same each time', () => {
  const kept = keepTickShape()
  expect(kept).toHaveProperty('callback')
  process.nextTick(() => undefined)
  expect(keepTickShape()).toBe(kept)
})
