import { noteBody } from './body-memory.ts'

const MiB = 1024 * 1024

test('the young generation is collected after every eight megabytes of bodies', async () => {
  const collected: unknown[] = []
  const collect = ((options: unknown) => void collected.push(options)) as NodeJS.GCFunction
  for (let read = 0; read < 25; read += 1) {
    noteBody(MiB, collect)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(collected).toEqual([{ type: 'minor' }, { type: 'minor' }, { type: 'minor' }])
})

test('a Node that cannot be told to collect is left alone', () => {
  expect(() => noteBody(100 * MiB, undefined)).not.toThrow()
})
