import { SpekaError } from '@speka/core'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { Tries } from './tries.ts'

function setUp() {
  const time = { now: 0 }
  const { signInCodes } = openMemoryStore()
  const process = (): Tries =>
    new Tries({ codes: signInCodes, digestOf: async (who) => who, most: 2, windowMs: 1000, now: () => time.now })
  return { time, process }
}

const wrong = new SpekaError('invalid_api_key', 'It is wrong.')
const isWrong = (error: unknown): boolean => error === wrong
const right = async (): Promise<string> => 'in'
const fail = () => Promise.reject(wrong)
const tooMany = (retryAfterMs: number) => ({ code: 'rate_limit_exceeded', retryAfterMs })

test('who was wrong too often waits for what is left of the window, and nobody else does', async () => {
  const { time, process } = setUp()
  const tries = process()
  await expect(tries.by('a', isWrong, fail)).rejects.toBe(wrong)
  time.now = 400
  expect(await tries.by('a', isWrong, right)).toBe('in')
  await expect(tries.by('a', isWrong, fail)).rejects.toBe(wrong)
  await expect(tries.by('a', isWrong, right)).rejects.toMatchObject(tooMany(600))
  expect(await tries.by('b', isWrong, right)).toBe('in')
  time.now = 1000
  expect(await tries.by('a', isWrong, right)).toBe('in')
})

test('what was wrong in one process counts in another', async () => {
  const { process } = setUp()
  for (let n = 0; n < 2; n += 1) await expect(process().by('a', isWrong, fail)).rejects.toBe(wrong)
  await expect(process().by('a', isWrong, right)).rejects.toMatchObject(tooMany(1000))
})

test('of many at the same time no more are made than may be wrong', async () => {
  const { process } = setUp()
  const tries = process()
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => tries.by('a', isWrong, fail)))
  expect(
    all.filter(({ status, ...rest }) => status === 'rejected' && 'reason' in rest && rest.reason === wrong),
  ).toHaveLength(2)
})

test('what goes wrong for another reason counts against nobody', async () => {
  const { process } = setUp()
  const tries = process()
  for (let n = 0; n < 5; n += 1)
    await expect(tries.by('a', isWrong, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await tries.by('a', isWrong, right)).toBe('in')
})
