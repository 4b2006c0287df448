import { createFakeClock } from '../../sandbox/clock.fake.ts'
import { Expiring } from './expiring.ts'

const HOUR_MS = 3_600_000

/** Values that are numbered, each good for an hour; `fail` has the next flight crash. */
function numbered() {
  const clock = createFakeClock()
  let flights = 0
  let failing = false
  const values = new Expiring(() => {
    flights += 1
    return failing
      ? Promise.reject(new Error('no'))
      : Promise.resolve({ value: `token ${flights}`, lifetimeMs: HOUR_MS })
  }, clock)
  return {
    clock,
    values,
    flights: () => flights,
    fail: (whether: boolean) => {
      failing = whether
    },
  }
}

test('everybody who waits waits for one flight', async () => {
  const { values, flights } = numbered()
  expect(await Promise.all([values.get(), values.get(), values.get()])).toEqual(['token 1', 'token 1', 'token 1'])
  expect(flights()).toBe(1)
})

test('what is good is there at once', async () => {
  const { values, clock, flights } = numbered()
  await values.get()
  await clock.advance(HOUR_MS - 300_001)
  expect(values.get()).toBe('token 1')
  expect(flights()).toBe(1)
})

test('the next is fetched before the end, and nobody waits for it', async () => {
  const { values, clock, flights } = numbered()
  await values.get()
  await clock.advance(HOUR_MS - 300_000)
  expect(values.get()).toBe('token 1')
  expect(values.get()).toBe('token 1')
  await clock.advance(0)
  expect(values.get()).toBe('token 2')
  expect(flights()).toBe(2)
})

test('a fetch before the end that fails takes nothing from anybody, and is tried again', async () => {
  const { values, clock, fail } = numbered()
  await values.get()
  await clock.advance(HOUR_MS - 60_000)
  fail(true)
  expect(values.get()).toBe('token 1')
  await clock.advance(500)
  fail(false)
  expect(values.get()).toBe('token 1')
  await clock.advance(1000)
  expect(values.get()).toBe('token 1')
  await clock.advance(0)
  expect(values.get()).toBe('token 3')
})

test('what has ended is not used any more', async () => {
  const { values, clock } = numbered()
  await values.get()
  await clock.advance(HOUR_MS - 9000)
  expect(await values.get()).toBe('token 2')
})

test('after a failure nobody is asked for a second', async () => {
  const { values, clock, flights, fail } = numbered()
  fail(true)
  await expect(values.get()).rejects.toThrow('no')
  await expect(values.get()).rejects.toThrow('no')
  expect(flights()).toBe(1)
  fail(false)
  await clock.advance(1000)
  expect(await values.get()).toBe('token 2')
})

test('what was refused is fetched anew, unless it is new itself', async () => {
  const { values, clock } = numbered()
  await values.get()
  values.forget()
  expect(values.get()).toBe('token 1')
  await clock.advance(30_000)
  values.forget()
  expect(await values.get()).toBe('token 2')
})
