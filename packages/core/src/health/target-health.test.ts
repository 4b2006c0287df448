import type { FailureClass } from '../failure.ts'
import { HealthBook } from './health-book.ts'
import { TargetHealth } from './target-health.ts'

const answered = { failure: undefined, firstOutputMs: 100, durationMs: 1000, outputTokens: 50 }
const failed = (failureClass: FailureClass, retryAfterMs?: number) => ({
  ...answered,
  failure: { class: failureClass, mayBeBilled: false, message: 'failed', retryAfterMs },
})

test('knows the median of time to first output and of speed, and how many attempts are under way', () => {
  const health = new TargetHealth()
  expect([health.latencyMs, health.tokensPerSecond, health.inFlight]).toEqual([undefined, undefined, 0])
  for (const firstOutputMs of [300, 100, 200]) {
    health.begin(0)
    health.end(0, { ...answered, firstOutputMs })
  }
  health.begin(0)
  expect([health.latencyMs, health.tokensPerSecond, health.inFlight]).toEqual([200, 50, 1])
})

test('a JSON answer counts from its end', () => {
  const health = new TargetHealth()
  health.end(0, { ...answered, firstOutputMs: undefined })
  expect(health.latencyMs).toBe(1000)
})

test.each<[FailureClass, number, string]>([
  ['transient', 5, 'open'],
  ['timeout', 5, 'open'],
  ['unknown', 5, 'open'],
  ['transient', 4, 'closed'],
  ['rate_limit', 1, 'open'],
  ['credential', 1, 'open'],
  ['quota', 1, 'open'],
  ['model_unavailable', 1, 'open'],
  ['caller_fault', 50, 'closed'],
  ['context_window', 50, 'closed'],
  ['content_policy', 50, 'closed'],
  ['unfit', 50, 'closed'],
  ['cancelled', 50, 'closed'],
])('%s, %i times: the target is %s', (failureClass, times, state) => {
  const health = new TargetHealth()
  for (let time = 0; time < times; time += 1) health.end(0, failed(failureClass))
  expect(health.state(0)).toBe(state)
})

test('a rate limit keeps a target out for as long as the upstream asked', () => {
  const health = new TargetHealth()
  health.end(0, failed('rate_limit', 7000))
  expect([health.state(6999), health.state(7000)]).toEqual(['open', 'half_open'])
})

test('a key that was refused says nothing of the target while there are others', () => {
  const health = new TargetHealth()
  health.end(0, failed('credential'), true)
  health.end(0, failed('rate_limit', 7000), true)
  expect(health.state(0)).toBe('closed')
})

test('ids that a stranger makes up push nobody else out at once', () => {
  const book = new HealthBook()
  const first = book.of('one', 'up')
  for (let made = 0; made < 9_999; made += 1) book.of('one', `x${made}`)
  expect(book.of('one', 'up')).toBe(first)
  const last = book.of('one', 'x9998')
  book.of('one', 'y')
  expect(book.of('one', 'x9998')).toBe(last)
})

test('a target is known again by its place', () => {
  const book = new HealthBook()
  expect(book.of('one', 'up')).toBe(book.of('one', 'up'))
  expect(book.of('one', 'up')).not.toBe(book.of('two', 'up'))
  expect(book.of('a\nb', 'c')).not.toBe(book.of('a', 'c'))
})
