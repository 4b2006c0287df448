import { assembleGateway } from '../gateway.ts'
import { ask, config } from '../front/ask.fake.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { completion, createFakeTransport, json } from './transport.fake.ts'

const busy = json(429, { error: { message: 'busy' } }, { 'retry-after-ms': '1' })
const broken = json(500, { error: { message: 'internal' } })
const answer = json(200, completion('Hi'))
const routing = { max_attempts: 50 }

test('a target that fails is asked again as far as the budget for extra calls goes, and no further', async () => {
  const script = [...Array.from({ length: 30 }, () => busy), answer]
  const asked = await ask(script, { stream: false, config: { routing } }).over()
  expect(asked.error?.code).toBe('rate_limit_exceeded')
  // The request's own call, and ten that a gateway without any traffic before may make.
  expect(asked.sent).toHaveLength(11)
})

test('what the budget allows is done', async () => {
  const script = [...Array.from({ length: 10 }, () => busy), answer]
  const asked = await ask(script, { stream: false, config: { routing } }).over()
  expect(asked.text).toBe('Hi')
})

test('a target that nobody has seen fail takes nothing from the budget', async () => {
  const targets = Array.from({ length: 20 }, (_, index) => ({ provider: 'two', model: `up-${index}` }))
  const refusals = Array.from({ length: 19 }, () => json(404, { error: { message: 'gone' } }))
  const asked = await ask([...refusals, answer], {
    model: 'many',
    stream: false,
    config: { routing, models: { many: { targets } } },
  }).over()
  expect(asked.sent).toHaveLength(20)
  expect(asked.text).toBe('Hi')
})

test('an error that may be billed is asked again once, whatever the budget', async () => {
  const asked = await ask([broken, broken, answer], { stream: false, config: { routing } }).over()
  expect(asked.sent).toHaveLength(2)
})

/** How many calls each request takes, one after the other, where all that are not answered fail so. */
async function callsOf(requests: readonly ('answered' | 'busy' | 'broken')[], maxAttempts: number): Promise<number[]> {
  const clock = createFakeClock()
  let now: (typeof requests)[number] = 'answered'
  const scripts = { answered: answer, busy, broken: json(503, { error: { message: 'down' } }) }
  const transport = createFakeTransport(clock, () => scripts[now])
  const gateway = assembleGateway({
    config: { ...config, routing: { max_attempts: maxAttempts } },
    transport,
    clock,
    random: () => 0.5,
  })
  const calls: number[] = []
  for (now of requests) {
    const before = transport.sent.length
    const ended = gateway.chat({ model: 'a', messages: [{ role: 'user', content: 'hi' }] }).catch(() => {})
    await clock.advance(120_000)
    await ended
    calls.push(transport.sent.length - before)
  }
  return calls
}

test('requests earn extra calls for those to come', async () => {
  const quiet = Array.from({ length: 30 }, () => 'answered' as const)
  const calls = await callsOf([...quiet, 'busy'], 50)
  // Its own, ten from the start, and a fifth of those before.
  expect(calls.at(-1)).toBe(16)
})

test('a target that fails whoever asks is not waited for', async () => {
  expect(await callsOf(['broken', 'broken'], 4)).toEqual([4, 1])
})
