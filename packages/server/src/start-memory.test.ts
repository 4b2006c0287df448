import { giveBackStartMemory } from './start-memory.ts'

test('what the start needed is collected at once, in the way that gives pages back', () => {
  const collected: unknown[] = []
  giveBackStartMemory(((options: unknown) => void collected.push(options)) as NodeJS.GCFunction)
  expect(collected).toEqual([{ type: 'major', execution: 'sync', flavor: 'last-resort' }])
})

test('a Node that cannot be told to collect is left alone', () => {
  expect(() => giveBackStartMemory(undefined)).not.toThrow()
})
