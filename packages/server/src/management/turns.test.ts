import { Turns } from './turns.ts'

test('each has its turn once the one before has rested, also after one that failed', async () => {
  const done: string[] = []
  const turns = new Turns(async () => void done.push('rest'))
  const failing = turns.take(async () => {
    done.push('first')
    throw new Error('it broke')
  })
  const second = turns.take(async () => void done.push('second'))
  await expect(failing).rejects.toThrow('it broke')
  await second
  expect(done.slice(0, 3)).toEqual(['first', 'rest', 'second'])
})
