import type { Clock } from './clock.ts'
import { PatientClock } from './patient-clock.ts'
import { createFakeClock } from './sandbox/clock.fake.ts'

/** A clock whose process comes to its timers too late: by so much each time. */
function late(byMs: number): Clock & { advance(ms: number): void } {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let time = 0
  return {
    now: () => time,
    monotonic: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance(ms) {
      for (const end = time + ms; ;) {
        const [next] = [...timers].toSorted((a, b) => a.at - b.at)
        if (next === undefined || next.at + byMs > end) {
          time = end
          return
        }
        time = Math.max(time, next.at + byMs)
        timers.delete(next)
        next.run()
      }
    },
  }
}

test('a process that is in time has the time of its clock', async () => {
  const clock = createFakeClock()
  const patient = new PatientClock(clock)
  const rang: number[] = []
  const started = clock.monotonic()
  for (const ms of [0, 30, 250, 1000, 2000]) patient.after(ms, () => rang.push(clock.monotonic() - started))
  patient.after(500, () => rang.push(-1))()
  await clock.advance(3000)
  expect(rang).toEqual([0, 30, 250, 1000, 2000])
  expect(patient.monotonic()).toBe(clock.monotonic())
  expect(clock.pending()).toBe(0)
})

test('a timer that is set by another counts from then', async () => {
  const clock = createFakeClock()
  const patient = new PatientClock(clock)
  const started = clock.monotonic()
  let rang = 0
  patient.after(150, () => patient.after(150, () => (rang = clock.monotonic() - started)))
  await clock.advance(1000)
  expect(rang).toBe(300)
})

test('times that are no whole numbers come to an end', async () => {
  const clock = createFakeClock()
  const patient = new PatientClock(clock)
  let rang = 0
  for (let ms = 0.1; ms < 400; ms += 0.7) patient.after(ms, () => (rang += 1))
  await clock.advance(500)
  expect([rang, clock.pending()]).toEqual([572, 0])
})

test('of a busy process only the time counts in which it could have heard others', () => {
  const clock = late(400)
  const patient = new PatientClock(clock)
  let rang = false
  patient.after(1000, () => (rang = true))
  clock.advance(4999)
  expect(rang).toBe(false)
  clock.advance(1)
  expect(rang).toBe(true)
  expect(patient.monotonic()).toBe(1000)
})

test('the time in which a process was stopped counts in full', () => {
  const clock = late(5000)
  const patient = new PatientClock(clock)
  let rang = false
  patient.after(2000, () => (rang = true))
  clock.advance(5100)
  expect(rang).toBe(true)
  expect(patient.monotonic()).toBe(5100)
})

test('while nobody waits the time of the clock counts', async () => {
  const clock = createFakeClock()
  const patient = new PatientClock(clock)
  patient.after(100, () => {})
  await clock.advance(5000)
  let rang = false
  patient.after(1000, () => (rang = true))
  await clock.advance(999)
  expect(rang).toBe(false)
  await clock.advance(1)
  expect(rang).toBe(true)
})
