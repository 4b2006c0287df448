import { ask, config } from '../front/ask.fake.ts'
import { parseUsd } from '../money.ts'
import { completion, json } from './transport.fake.ts'

const answer = json(200, completion('Hi'))
const limit = { maxCost: parseUsd('0.001') }
/** A model that holds so many tokens. */
const holding = (tokens: number) =>
  ({ models: { a: { ...config.models?.['a'], context_window: tokens } } }) as typeof config

test('an answer without a limit gets the one that the money buys', async () => {
  // A token in costs 1 µ$ and one out 2: what the prompt of about 25 tokens leaves buys about 487.
  const asked = await ask([answer], { config: holding(1000), stream: false, facts: limit }).over()
  expect(asked.sent[0]?.body['max_tokens']).toBeGreaterThan(450)
  expect(asked.sent[0]?.body['max_tokens']).toBeLessThan(500)
  expect(asked.sent[0]?.body['messages']).toEqual([{ role: 'user', content: 'hi' }])
})

/** The bound that a model of such a window is sent. */
const sentTo = async (window: number) =>
  (await ask([answer], { config: holding(window), stream: false, facts: limit }).over()).sent[0]?.body['max_tokens']

test('a limit that is longer than anything the model can say is not sent: upstreams refuse it', async () => {
  const bought = Number(await sentTo(1000))
  expect([await sentTo(bought), await sentTo(bought + 1)]).toEqual([undefined, bought])
})

test('each of several choices gets its share', async () => {
  const asked = await ask([answer], { stream: false, facts: limit, request: { n: 10 } }).over()
  expect(asked.sent[0]?.body['max_tokens']).toBeLessThan(50)
})

test.each([
  ['with a limit of its own', { max_tokens: 7 }, limit, 7],
  ['without a limit of cost', {}, {}, undefined],
])('a request %s is left as it is', async (_, request, facts, tokens) => {
  const asked = await ask([answer], { stream: false, facts, request }).over()
  expect(asked.sent[0]?.body['max_tokens']).toBe(tokens)
})

test('another gateway is told the limit, and keeps it itself', async () => {
  const asked = await ask([answer], { model: 'g', stream: false, facts: { ...limit, tags: ['batch'] } }).over()
  expect(asked.sent[0]?.headers).toMatchObject({ 'x-speka-max-cost-usd': '0.001', 'x-speka-tags': 'batch' })
  expect(Number(asked.sent[0]?.headers['x-speka-timeout-ms'])).toBe(600_000)
  expect(asked.sent[0]?.body).not.toHaveProperty('max_tokens')
})
