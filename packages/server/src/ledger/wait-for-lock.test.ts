import { waitForLock } from './wait-for-lock.ts'

const locked = (): Error => Object.assign(new Error('database is locked'), { errcode: 5 })

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
  const start = performance.now()
  expect(waitForLock(10_000)(run)).toBe('done')
  expect(tries.count).toBe(11)
  expect(performance.now() - start).toBeGreaterThan(4)
  // SQLite itself would have slept for a third of a second by now.
  expect(performance.now() - start).toBeLessThan(150)
})

test('gives up when the time is up', () => {
  const { run } = work(Infinity)
  const start = performance.now()
  expect(() => waitForLock(20)(run)).toThrow('locked')
  expect(performance.now() - start).toBeGreaterThanOrEqual(20)
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
