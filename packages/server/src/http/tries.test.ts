import { Tries } from './tries.ts'

test('who was wrong too often waits for what is left of the window, and nobody else does', () => {
  let now = 0
  const tries = new Tries(2, 1000, () => now)
  tries.fail('a')
  now = 400
  tries.demand('a')
  tries.fail('a')
  expect(() => tries.demand('a')).toThrow(expect.objectContaining({ code: 'rate_limit_exceeded', retryAfterMs: 600 }))
  tries.demand('b')
  now = 1000
  tries.demand('a')
  tries.fail('a')
  tries.demand('a')
})
