import { jest } from '@jest/globals'
import { waitForLock } from './wait-for-lock.ts'

const locked = (): Error => Object.assign(new Error('database is locked'), { errcode: 5 })

/** How long, in ms, each pause was that `run` asked for. */
function pausesOf(run: () => void): number[] {
  const pauses: number[] = []
  const wait = jest.spyOn(Atomics, 'wait').mockImplementation((...[, , , timeout]) => {
    pauses.push(timeout ?? Infinity)
    return 'timed-out'
  })
  run()
  wait.mockRestore()
  return pauses
}

/** Work that fails so many times before it is done. */
function work(failures: number, error = locked) {
  const tries = { count: 0 }
  const run = (): string => {
    tries.count += 1
    if (tries.count <= failures) throw error()
    return 'done'
  }
  return { tries, run }
}

test('tries again while another process has the lock, within milliseconds', () => {
  const { tries, run } = work(10)
  const pauses = pausesOf(() => expect(waitForLock(10_000)(run)).toBe('done'))
  expect(tries.count).toBe(11)
  // SQLite itself would have slept for a third of a second by now.
  expect(pauses).toEqual(Array.from({ length: 10 }, () => 0.5))
})

test('gives up when the time is up', () => {
  const { run } = work(Infinity)
  expect(pausesOf(() => expect(() => waitForLock(20)(run)).toThrow('locked')).length).toBeGreaterThan(0)
  expect(pausesOf(() => expect(() => waitForLock(0)(run)).toThrow('locked'))).toEqual([])
})

test('the time counts anew for each piece of work', () => {
  const whenUnlocked = waitForLock(20)
  expect(() => whenUnlocked(work(Infinity).run)).toThrow('locked')
  expect(whenUnlocked(work(2).run)).toBe('done')
})

test('any other failure is not worth waiting for', () => {
  const { tries, run } = work(1, () => Object.assign(new Error('disk full'), { errcode: 13 }))
  expect(() => waitForLock(1000)(run)).toThrow('disk full')
  expect(tries.count).toBe(1)
})
