import { TurnQueue } from './turn-queue.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('what a turn brings is taken at its end, in a row and in order', async () => {
  const taken: string[] = []
  const queue = new TurnQueue<string>((item) => {
    taken.push(item)
    // Were each taken in a turn's step of its own, this would come between them.
    queueMicrotask(() => taken.push(`after ${item}`))
  })
  queue.add('a')
  await Promise.resolve()
  queue.add('b')
  expect(taken).toEqual([])
  await turn()
  expect(taken).toEqual(['a', 'b', 'after a', 'after b'])
})

test('what is added while a turn is taken waits for the next', async () => {
  const taken: number[] = []
  const queue = new TurnQueue<number>((item) => {
    taken.push(item)
    if (item < 3) queue.add(item + 1)
  })
  queue.add(1)
  await turn()
  expect(taken).toEqual([1])
  await turn()
  await turn()
  expect(taken).toEqual([1, 2, 3])
})
