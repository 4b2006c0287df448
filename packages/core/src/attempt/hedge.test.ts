import { ask } from '../front/ask.fake.ts'
import { completion, json, saying, stream, streamHead, word, type ReplyScript } from './transport.fake.ts'

const config = { routing: { hedge: { b: { after_ms: 800 } } } }
const late = (script: ReplyScript, after: number): ReplyScript =>
  script.map((step, index) => (index === 0 ? { ...step, after } : step))
const answer = json(200, completion('Hi'))
const broken = json(500, { error: { message: 'internal' } })

test('a target that answers in time is the only one asked', async () => {
  const asked = await ask([late(answer, 799)], { model: 'b', stream: false, config }).over()
  expect(asked.sent.map(({ to }) => to.id)).toEqual(['one'])
  expect(asked.commitment?.attempts).toBe(1)
})

test('after the delay the next is asked as well, and the quicker one wins', async () => {
  const asked = await ask([late(answer, 5000), late(answer, 100)], { model: 'b', stream: false, config }).over()
  expect(asked.commitment).toMatchObject({ attempts: 2, target: { provider: 'two' } })
  expect(asked.record).toMatchObject({ outcome: 'complete', provider: 'two', charge: 20_000_000n })
  expect(asked.record.attempts).toMatchObject([
    { provider: 'two', outcome: 'answered' },
    { provider: 'one', outcome: 'cancelled' },
  ])
  expect(asked.sent[0]?.aborted).toBe(true)
})

test('a stream that begins ends the race, whoever it is', async () => {
  const slow: ReplyScript = [
    streamHead,
    { data: word('one'), after: 900 },
    { data: saying('x').join(''), after: 1 },
    { end: true },
  ]
  const asked = await ask([slow, stream(saying('two'), { end: true, after: 2000 })], { model: 'b', config }).over()
  expect(asked.text).toBe('two')
  expect(asked.endedWithDone).toBe(true)
  expect(asked.sent[0]?.aborted).toBe(true)
})

test.each([
  ['the hedge fails, and the first answers', [late(answer, 5000), broken], 'one'],
  ['the first fails, and the hedge answers', [late(broken, 1000), late(answer, 5000)], 'two'],
])('an error never wins: %s', async (_, script, provider) => {
  const asked = await ask(script, { model: 'b', stream: false, config }).over()
  expect(asked.record).toMatchObject({ outcome: 'complete', provider })
})

test('both fail: the caller hears of the last, once', async () => {
  const asked = await ask([late(broken, 1000), late(broken, 1000)], { model: 'b', stream: false, config }).over()
  expect(asked.calls).toEqual(['settle', 'fail'])
  expect(asked.record.attempts).toHaveLength(2)
})

test('a caller who leaves closes both', async () => {
  const asked = ask([late(answer, 5000), late(answer, 5000)], { model: 'b', stream: false, config })
  await asked.clock.advance(1000)
  asked.run.abort()
  await asked.over()
  expect(asked.sent.map(({ aborted }) => aborted)).toEqual([true, true])
  expect(asked.calls).toEqual(['settle'])
  expect(asked.record.outcome).toBe('cancelled')
})

test('a hedge comes out of the same budget of attempts', async () => {
  const once = { routing: { ...config.routing, max_attempts: 1 } }
  const asked = await ask([late(answer, 5000)], { model: 'b', stream: false, config: once }).over()
  expect(asked.sent).toHaveLength(1)
})
