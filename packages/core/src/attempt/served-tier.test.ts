import type { GatewayConfig } from '../config.ts'
import { ask, config as usual } from '../front/ask.fake.ts'
import {
  completion,
  done,
  event,
  finish,
  json,
  role,
  stream,
  usageEvent,
  word,
  type ReplyScript,
} from './transport.fake.ts'

const price = [
  { input: '1', output: '2' },
  { input: '0.5', output: '1', service_tier: 'flex' },
  { input: '10', output: '20', above_input_tokens: 1000 },
]
const config: GatewayConfig = {
  ...usual,
  providers: { ...usual.providers, anthropic: { type: 'anthropic', api_key: 'key-a' } },
  models: {
    a: { targets: [{ provider: 'one', model: 'up', cost: price }], price },
    claude: {
      targets: [{ provider: 'anthropic', model: 'claude-opus-5' }],
      price: [
        { input: '1', output: '2', cache_write: '1.25', cache_write_1h: '2' },
        { input: '3', output: '6', service_tier: 'priority' },
      ],
    },
  },
}

const head = { id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'up' }
const first = (service_tier: unknown): string =>
  event({
    ...head,
    service_tier,
    choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
  })

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const half = { rate: { input: 500_000n, output: 1_000_000n }, charge: 10n * 500_000n + 5n * 1_000_000n }
const whole = { rate: { input: 1_000_000n, output: 2_000_000n }, charge: 10n * 1_000_000n + 5n * 2_000_000n }

test.each<[string, boolean, ReplyScript, typeof half]>([
  ['flex, in JSON', false, json(200, { ...completion('Hi'), usage, service_tier: 'flex' }), half],
  ['flex, in the first event', true, stream([first('flex'), word('Hi'), finish(), usageEvent, done]), half],
  [
    'flex, in JSON where events were asked for',
    true,
    json(200, { ...completion('Hi'), usage, service_tier: 'flex' }),
    half,
  ],
  ['another than was asked for', false, json(200, { ...completion('Hi'), usage, service_tier: 'default' }), whole],
  ['nothing of it', true, stream([role(), word('Hi'), finish(), usageEvent, done]), whole],
  ['nonsense', false, json(200, { ...completion('Hi'), usage, service_tier: { tier: 'flex' } }), whole],
])('a request is charged by the tier that the upstream says it was served in: %s', async (_, streams, script, due) => {
  const asked = await ask([script], { model: 'a', stream: streams, request: { service_tier: 'flex' }, config }).over()
  expect(asked.record).toMatchObject({ outcome: 'complete', charge: due.charge, price: due.rate })
  expect(asked.record.price).not.toHaveProperty('rows')
  expect(asked.record.attempts[0]?.cost).toBe(due.charge)
})

test('a prompt that is longer than a step is charged by it as a whole, and the answer with it', async () => {
  const long = { prompt_tokens: 1001, completion_tokens: 5, total_tokens: 1006 }
  const request = { messages: [{ role: 'user', content: 'word '.repeat(1000) }] }
  const { record } = await ask([json(200, { ...completion('Hi'), usage: long })], {
    stream: false,
    request,
    config,
  }).over()
  expect(record.charge).toBe(1001n * 10_000_000n + 5n * 20_000_000n)
  expect(record.price?.when).toEqual({ aboveInputTokens: 1000 })
})

const claudeUsage = {
  input_tokens: 10,
  cache_creation_input_tokens: 300,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
  output_tokens: 5,
}
const message = (tier: string) => ({
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  usage: { ...claudeUsage, service_tier: tier },
})
const messageEvents = (tier: string): string[] =>
  [
    { type: 'message_start', message: { ...message(tier), content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ].map((one) => event(one))

test.each([
  ['standard', false],
  ['standard', true],
  ['priority', false],
  ['priority', true],
])(
  'what Claude wrote into its cache has its own price, unless the tier has none for it: %s, as events: %p',
  async (tier, streams) => {
    const script = streams ? stream(messageEvents(tier)) : json(200, message(tier))
    const asked = ask([script], { model: 'claude', stream: streams, request: { max_tokens: 50 }, config })
    const { record } = await asked.over()
    expect(record.usage).toMatchObject({
      inputTokens: 310,
      cacheWriteTokens: 100,
      cacheWrite1hTokens: 200,
      serviceTier: tier,
    })
    expect(record.charge).toBe(
      tier === 'priority'
        ? 310n * 3_000_000n + 5n * 6_000_000n
        : 10n * 1_000_000n + 100n * 1_250_000n + 200n * 2_000_000n + 5n * 2_000_000n,
    )
  },
)
