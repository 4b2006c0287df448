import { createFakeClock } from '../sandbox/clock.fake.ts'
import { IdleWatch } from './idle-watch.ts'

function watch(limitMs: number) {
  const clock = createFakeClock()
  const expired: number[] = []
  return { clock, expired, idle: new IdleWatch(clock, limitMs, () => expired.push(clock.monotonic())) }
}

test('silence is noticed when the limit has passed', async () => {
  const { clock, expired } = watch(100)
  await clock.advance(99)
  expect(expired).toEqual([])
  await clock.advance(500)
  expect(expired).toEqual([100])
})

test('whatever happens starts the limit anew, with one timer all the while', async () => {
  const { clock, expired, idle } = watch(100)
  for (let at = 0; at < 20; at += 1) {
    await clock.advance(60)
    idle.touch()
    expect(clock.pending()).toBe(1)
  }
  await clock.advance(1000)
  expect(expired).toEqual([1300])
})

test('another limit counts from now', async () => {
  const { clock, expired, idle } = watch(100)
  await clock.advance(50)
  idle.restart(200)
  await clock.advance(1000)
  expect(expired).toEqual([250])
})

test('it may be set again after it has gone off', async () => {
  const { clock, expired, idle } = watch(100)
  await clock.advance(100)
  idle.restart(10)
  await clock.advance(100)
  expect(expired).toEqual([100, 110])
})

test('stopped, it leaves no timer behind', () => {
  const { clock, idle } = watch(100)
  idle.stop()
  idle.stop()
  expect(clock.pending()).toBe(0)
})
