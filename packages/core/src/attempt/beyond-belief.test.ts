import type { GatewayConfig } from '../config.ts'
import { ask, config as usual } from '../front/ask.fake.ts'
import { assembleGateway, type CallOptions, type Gateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { parseUsd } from '../money.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import {
  completion,
  createFakeTransport,
  done,
  event,
  finish,
  json,
  role,
  saying,
  stream,
  usageEvent,
  word,
  type ReplyScript,
} from './transport.fake.ts'

/** A token in costs 1 µ$ and one out 2, an image 4 cents. */
const price = { input: '1', output: '2', image: '0.04' }
const config: GatewayConfig = {
  ...usual,
  providers: {
    ...usual.providers,
    anthropic: { type: 'anthropic', api_key: 'key-a' },
    gemini: { type: 'gemini', api_key: 'key-g' },
  },
  models: {
    a: { targets: [{ provider: 'one', model: 'up' }], price, endpoints: ['chat', 'embeddings', 'images'] },
    claude: { targets: [{ provider: 'anthropic', model: 'claude-opus-5' }], price },
    gemini: { targets: [{ provider: 'gemini', model: 'gemini-3-flash' }], price },
    g: { targets: [{ provider: 'far' }], price },
  },
}

const HUGE = 100_000_000
const huge = { prompt_tokens: 10, completion_tokens: HUGE, total_tokens: HUGE + 10 }
const request = { max_tokens: 50, stream_options: { include_usage: true } }
const sse = (...events: object[]): ReplyScript => stream(events.map((one) => event(one)))

/** What each kind of upstream sends that claims to have written a hundred million tokens. */
const claims: readonly { kind: string; model: string; streams: boolean; script: ReplyScript }[] = [
  { kind: 'OpenAI', model: 'a', streams: false, script: json(200, { ...completion('Hi'), usage: huge }) },
  {
    kind: 'OpenAI',
    model: 'a',
    streams: true,
    script: stream([role(), word('Hi'), finish(), event({ id: 'up-1', choices: [], usage: huge }), done]),
  },
  { kind: 'OpenAI, all at once', model: 'a', streams: true, script: json(200, { ...completion('Hi'), usage: huge }) },
  {
    kind: 'Claude',
    model: 'claude',
    streams: false,
    script: json(200, {
      id: 'm',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: HUGE },
    }),
  },
  {
    kind: 'Claude',
    model: 'claude',
    streams: true,
    script: sse(
      { type: 'message_start', message: { id: 'm', usage: { input_tokens: 10, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hi' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: HUGE } },
      { type: 'message_stop' },
    ),
  },
  ...[false, true].map((streams) => {
    const response = {
      responseId: 'r',
      candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: HUGE },
    }
    return { kind: 'Gemini', model: 'gemini', streams, script: streams ? sse(response) : json(200, response) }
  }),
  { kind: 'a gateway', model: 'g', streams: false, script: json(200, { ...completion('Hi'), usage: huge }) },
]

test.each(claims)(
  'more than was allowed, as $kind says (stream: $streams), is charged as what was allowed',
  async ({ model, streams, script }) => {
    const asked = await ask([script], { config, model, stream: streams, request }).over()
    expect(asked.text).toBe('Hi')
    expect(asked.record).toMatchObject({
      outcome: 'complete',
      usage: { inputTokens: 10, outputTokens: 50, capped: true },
      charge: 110_000_000n,
    })
    expect(streams ? asked.chunks.at(-1)?.usage : asked.completion.usage).toMatchObject({
      prompt_tokens: 10,
      completion_tokens: 50,
      total_tokens: 60,
      capped: true,
      cost: 0.00011,
    })
  },
)

test('a prompt beyond its bytes is charged as the most they can hold, though a stream has let go of it', async () => {
  const usage = { prompt_tokens: HUGE, completion_tokens: 5, total_tokens: HUGE + 5 }
  const events = [role(), word('Hi'), finish(), event({ id: 'up-1', choices: [], usage }), done]
  const streamed = await ask([stream(events)], { config }).over()
  const whole = await ask([json(200, { ...completion(), usage })], { config, stream: false }).over()
  for (const { record } of [streamed, whole]) {
    expect(record.usage).toMatchObject({ outputTokens: 5, capped: true })
    expect(record.usage.inputTokens).toBeLessThan(10_000)
  }
})

test('an answer that is within bounds bears no mark', async () => {
  const asked = await ask([json(200, completion())], { config, stream: false, request }).over()
  expect(asked.record.usage).not.toHaveProperty('capped')
  expect(asked.completion.usage).not.toHaveProperty('capped')
})

/** Asks in process, and returns the record. */
async function recordOf(
  script: ReplyScript,
  call: (gateway: Gateway) => Promise<{ usage?: unknown }>,
): Promise<{ record: UsageRecord | undefined; usage: unknown }> {
  const clock = createFakeClock()
  const records: UsageRecord[] = []
  const gateway = assembleGateway({
    config,
    transport: createFakeTransport(clock, [script]),
    clock,
    random: () => 0,
    onUsage: (record) => void records.push(record),
  })
  const [{ usage }] = await Promise.all([call(gateway), clock.advance(1000)])
  return { record: records[0], usage }
}

test('embeddings are charged as the most that their bytes can hold', async () => {
  const data = [{ object: 'embedding', index: 0, embedding: [1, 2] }]
  const script = json(200, { object: 'list', data, model: 'up', usage: { prompt_tokens: HUGE, total_tokens: HUGE } })
  const { record, usage } = await recordOf(script, (gateway) => gateway.embed({ model: 'a', input: 'hi' }))
  expect(record?.usage).toMatchObject({ outputTokens: 0, capped: true })
  expect(record?.usage.inputTokens).toBeLessThan(200)
  expect(usage).toMatchObject({ prompt_tokens: record?.usage.inputTokens, capped: true })
})

test('images beyond those asked for are delivered, and not charged', async () => {
  const pictures = Array.from({ length: 500 }, () => ({ b64_json: 'iVBORw0KGgo=' }))
  const { record, usage } = await recordOf(json(200, { created: 1, data: pictures }), async (gateway) => {
    const answer = await gateway.generateImages({ model: 'a', prompt: 'a cat', n: 1 })
    expect(answer.data).toHaveLength(500)
    return answer
  })
  expect(record).toMatchObject({ usage: { images: 1, capped: true }, charge: parseUsd('0.04') })
  expect(usage).toMatchObject({ images: 1, capped: true, cost: 0.04 })
})

describe('a limit of cost', () => {
  const maxCost = parseUsd('0.00012')

  test('holds for what is charged, whatever was counted', async () => {
    const usage = { prompt_tokens: 5000, completion_tokens: 45, total_tokens: 5045 }
    const script = json(200, { ...completion(), usage })
    const asked = await ask([script], { config, stream: false, request: { max_tokens: 45 }, facts: { maxCost } }).over()
    expect(asked.record).toMatchObject({ usage: { inputTokens: 5000, capped: true }, charge: maxCost })
    expect(asked.completion.usage).toMatchObject({ prompt_tokens: 5000, capped: true, cost: 0.00012 })
  })

  test('is no price: less costs less', async () => {
    const asked = await ask([stream(saying('Hi'))], { config, request, facts: { maxCost: parseUsd('1') } }).over()
    expect(asked.record).toMatchObject({ charge: 20_000_000n })
    expect(asked.record.usage.capped).toBeUndefined()
  })

  test('that is met exactly is no less than what was counted', async () => {
    const facts = { maxCost: 20_000_000n as typeof maxCost }
    const asked = await ask([stream(saying('Hi'))], { config, model: 'g', request, facts }).over()
    expect(asked.record).toMatchObject({ charge: 20_000_000n })
    expect(asked.record.usage.capped).toBeUndefined()
  })

  test.each([{ maxCostUsd: '0.0001' }] satisfies CallOptions[])(
    'holds for another gateway’s charge: $maxCostUsd',
    async (options) => {
      const usage = {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        cost: 0.002,
        cost_details: { total: '0.002' },
      }
      const { record } = await recordOf(json(200, { ...completion(), usage }), (gateway) =>
        gateway.chat({ model: 'g', messages: [{ role: 'user', content: 'hi' }] }, options),
      )
      expect(record).toMatchObject({ charge: parseUsd('0.0001'), usage: { capped: true } })
    },
  )
})

test('what another gateway charges is believed as far as its counts could cost it', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost_details: { total: '300' } }
  const asked = await ask([json(200, { ...completion(), usage })], { config, model: 'g', stream: false }).over()
  expect(asked.record.charge).toBe(parseUsd('0.0045'))
  expect(asked.record.usage).toMatchObject({ inputTokens: 10, capped: true })
})

test('usage of zero for a streamed answer is counted by us, and marked', async () => {
  const zero = usageEvent.replace(
    /"usage":.*\}\}/,
    '"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}',
  )
  const asked = await ask([stream([role(), word('Hi'), word(' you'), finish(), zero, done])], {
    config,
    request,
  }).over()
  expect(asked.record).toMatchObject({
    usage: { inputTokens: 5, outputTokens: 2, estimated: true },
    charge: 9_000_000n,
  })
  expect(asked.chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 2, estimated: true })
})
