import fc from 'fast-check'
import { CircuitBreaker } from './circuit-breaker.ts'

const failing = (times: number, breaker = new CircuitBreaker()): CircuitBreaker => {
  for (let time = 0; time < times; time += 1) breaker.fail(0)
  return breaker
}

test('opens after five failures in a row, and not before', () => {
  expect(failing(4).state(0)).toBe('closed')
  expect(failing(5).state(0)).toBe('open')
})

test('a success in between starts the count again', () => {
  const breaker = failing(4)
  breaker.succeed()
  expect(failing(4, breaker).state(0)).toBe('closed')
})

test('opens as well for a target of which half of the latest attempts failed', () => {
  const breaker = new CircuitBreaker()
  for (let pair = 0; pair < 10; pair += 1) {
    breaker.succeed()
    expect(breaker.state(0)).toBe('closed')
    breaker.fail(0)
  }
  expect(breaker.state(0)).toBe('open')
})

test('lets one request through after a rest, and no second until that one has told', () => {
  const breaker = failing(5)
  expect(breaker.state(1999)).toBe('open')
  expect(breaker.state(2000)).toBe('half_open')
  breaker.begin(2000)
  expect(breaker.state(2001)).toBe('open')
  breaker.succeed()
  expect(breaker.state(2002)).toBe('closed')
  expect(breaker.isSuspect).toBe(false)
})

test('rests longer each time the probe fails, up to eight seconds', () => {
  const breaker = failing(5)
  let now = 0
  for (const rest of [2000, 4000, 8000, 8000]) {
    expect(breaker.state(now + rest - 1)).toBe('open')
    now += rest
    expect(breaker.state(now)).toBe('half_open')
    breaker.begin(now)
    breaker.fail(now)
  }
})

test('a probe that tells nothing lets another through, at once or after a minute', () => {
  const breaker = failing(5)
  breaker.begin(2000)
  breaker.forget()
  expect(breaker.state(2000)).toBe('half_open')
  breaker.begin(2000)
  expect(breaker.state(61_999)).toBe('open')
  expect(breaker.state(62_000)).toBe('half_open')
})

test("keeps to an upstream's wish to be left alone, up to a minute; the longer of two wishes stands", () => {
  const breaker = new CircuitBreaker()
  breaker.coolDown(0, 5000)
  breaker.coolDown(100, 1000)
  expect(breaker.state(4999)).toBe('open')
  expect(breaker.state(5000)).toBe('half_open')
  const patient = new CircuitBreaker()
  patient.coolDown(0, 1e9)
  expect(patient.state(60_000)).toBe('half_open')
})

/** One that others have found failing, for so long. */
const warned = (ms: number): CircuitBreaker => {
  const breaker = new CircuitBreaker()
  breaker.warn(0, ms)
  return breaker
}

test('opens at the first failure while others have found it failing, for a minute at the most, and never by that alone', () => {
  expect(warned(5000).state(1)).toBe('closed')
  expect(failing(1, warned(5000)).state(0)).toBe('open')
  const later = warned(1e9)
  later.fail(60_000)
  expect(later.state(60_000)).toBe('closed')
})

test('what others have found is over when an attempt from here succeeds', () => {
  const breaker = new CircuitBreaker()
  breaker.warn(0, 5000)
  breaker.succeed()
  expect(failing(4, breaker).state(0)).toBe('closed')
})

/** What a breaker must never do, whatever happens to it in whatever order. */
test('is never open for longer than a minute, and closes only by a success', () => {
  const happening = fc.record({
    what: fc.constantFrom('begin', 'succeed', 'fail', 'forget', 'coolDown', 'warn' as const),
    after: fc.nat(10_000),
    ms: fc.nat(200_000),
  })
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (course) => {
      const breaker = new CircuitBreaker()
      let now = 0
      for (const { what, after, ms } of course) {
        now += after
        const before = breaker.state(now)
        if (what === 'coolDown' || what === 'warn') breaker[what](now, ms)
        else if (what === 'begin' || what === 'fail') breaker[what](now)
        else breaker[what]()
        if (before !== 'closed' && breaker.state(now) === 'closed') expect(what).toBe('succeed')
        expect(breaker.openUntil).toBeLessThanOrEqual(now + 60_000)
        expect(breaker.state(now + 120_001)).not.toBe('open')
      }
    }),
  )
})
