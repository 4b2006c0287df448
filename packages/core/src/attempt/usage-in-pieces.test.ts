import type { GatewayConfig } from '../config.ts'
import { ask, config as usual } from '../front/ask.fake.ts'
import { completion, done, event, finish, json, role, stream, word, type ReplyScript } from './transport.fake.ts'

const config: GatewayConfig = {
  ...usual,
  providers: {
    ...usual.providers,
    anthropic: { type: 'anthropic', api_key: 'key-a' },
    gemini: { type: 'gemini', api_key: 'key-g' },
  },
  models: {
    ...usual.models,
    claude: { targets: [{ provider: 'anthropic', model: 'claude-opus-5' }], price: { input: '1', output: '2' } },
    gemini: { targets: [{ provider: 'gemini', model: 'gemini-3-flash' }], price: { input: '1', output: '2' } },
  },
}

const chunk = (usage: object, choices: object[] = []): string =>
  event({ id: 'up-1', object: 'chat.completion.chunk', created: 1, model: 'up', choices, usage })
const sse = (...values: readonly object[]): string[] => values.map(event)

/** The events of a message of Claude's whose beginning and end tell these counts. */
const claude = (start: object, end: object, words = 1): string[] =>
  sse(
    { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: start } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...Array.from({ length: words }, () => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'Hi ' },
    })),
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: end },
    { type: 'message_stop' },
  )

/** The events of an answer of Gemini's whose two events tell these counts. */
const gemini = (first: object, last: object): string[] =>
  sse(
    { responseId: 'r', candidates: [{ content: { parts: [{ text: 'Hi' }] } }], usageMetadata: first },
    { responseId: 'r', candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: last },
  )

const plain = (...usages: object[]): string[] => [
  role(),
  word('Hi'),
  finish(),
  ...usages.map((usage) => chunk(usage)),
  done,
]

test.each<[string, string, string[], number, number, object]>([
  ['in halves', 'a', plain({ prompt_tokens: 30 }, { completion_tokens: 20 }), 30, 20, {}],
  ['in halves, the answer first', 'a', plain({ completion_tokens: 20 }, { prompt_tokens: 30 }), 30, 20, {}],
  [
    'and then wiped out',
    'a',
    plain(
      { prompt_tokens: 30, completion_tokens: 20, total_tokens: 50, prompt_tokens_details: { cached_tokens: 8 } },
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, prompt_tokens_details: { cached_tokens: 0 } },
    ),
    30,
    20,
    { cachedInputTokens: 8 },
  ],
  [
    'in halves, with reasoning beside the answer',
    'a',
    plain(
      { prompt_tokens: 30, total_tokens: 30 },
      { completion_tokens: 5, total_tokens: 50, completion_tokens_details: { reasoning_tokens: 15 } },
    ),
    30,
    20,
    { reasoningTokens: 15 },
  ],
  [
    'with the prompt as 0 in the end, by Claude',
    'claude',
    claude({ input_tokens: 30, output_tokens: 1 }, { input_tokens: 0, output_tokens: 20 }),
    30,
    20,
    {},
  ],
  [
    'and then wiped out, by Claude',
    'claude',
    [
      ...claude({ input_tokens: 30, output_tokens: 1 }, { output_tokens: 20 }).slice(0, -1),
      ...sse({ type: 'message_delta', delta: {}, usage: { output_tokens: 0 } }, { type: 'message_stop' }),
    ],
    30,
    20,
    {},
  ],
  [
    'with what was cached divided anew, by Claude',
    'claude',
    claude(
      { input_tokens: 30, output_tokens: 1 },
      { input_tokens: 0, cache_read_input_tokens: 30, cache_creation_input_tokens: 0, output_tokens: 20 },
    ),
    30,
    20,
    { cachedInputTokens: 30 },
  ],
  [
    'with the fresh part as 0 beside what was cached, by Claude',
    'claude',
    claude(
      { input_tokens: 10, cache_read_input_tokens: 20, output_tokens: 1 },
      { input_tokens: 0, cache_read_input_tokens: 20, output_tokens: 20 },
    ),
    30,
    20,
    { cachedInputTokens: 20 },
  ],
  [
    'with all of it as 0 in the end, by Gemini',
    'gemini',
    gemini(
      { promptTokenCount: 30, candidatesTokenCount: 15, thoughtsTokenCount: 5 },
      { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 },
    ),
    30,
    20,
    { reasoningTokens: 5 },
  ],
  [
    'each part once, by Gemini',
    'gemini',
    gemini({ promptTokenCount: 30, thoughtsTokenCount: 5 }, { promptTokenCount: 30, candidatesTokenCount: 15 }),
    30,
    20,
    { reasoningTokens: 5 },
  ],
])('usage told %s is whole in the record, in the charge and in what the caller sees', async (...row) => {
  const [, model, events, inputTokens, outputTokens, more] = row
  const asked = await ask([stream(events)], {
    config,
    model,
    request: { stream_options: { include_usage: true } },
  }).over()
  expect(asked.endedWithDone).toBe(true)
  expect(asked.record.usage).toMatchObject({ inputTokens, outputTokens, ...more })
  expect(asked.record.usage.estimated).toBeUndefined()
  expect(asked.record.charge).toBe(BigInt(inputTokens + 2 * outputTokens) * 1_000_000n)
  expect(asked.chunks.at(-1)?.usage).toMatchObject({
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  })
})

test.each([
  ['tells none', { input_tokens: 30 }],
  ['tells 0', { output_tokens: 0 }],
  ['tells null', { output_tokens: null }],
])('words of Claude whose end %s are counted here and marked: the beginning has a placeholder', async (_, end) => {
  const start = { input_tokens: 30, output_tokens: 1 }
  const request = { stream_options: { include_usage: true } }
  const asked = await ask([stream(claude(start, end, 100))], { config, model: 'claude', request }).over()
  expect(asked.endedWithDone).toBe(true)
  expect(asked.record.usage).toMatchObject({ inputTokens: 30, outputTokens: 100, estimated: true })
  expect(asked.record.charge).toBe(230_000_000n)
  expect(asked.chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 100, estimated: true, cost: 0.00023 })
})

test.each([
  ['JSON', false],
  ['a stream', true],
])('reasoning counted beside the answer is charged in %s', async (_, streams) => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 5,
    total_tokens: 115,
    completion_tokens_details: { reasoning_tokens: 100 },
  }
  const script: ReplyScript = streams ? stream(plain(usage)) : json(200, { ...completion('Hi'), usage })
  const request = { stream_options: { include_usage: true } }
  const asked = await ask([script], { model: 'roomy', config: open, stream: streams, request }).over()
  expect(asked.record).toMatchObject({ usage: { outputTokens: 105, reasoningTokens: 100 }, charge: 220_000_000n })
  const shown = streams ? asked.chunks.at(-1)?.usage : asked.completion.usage
  expect(shown).toMatchObject({ prompt_tokens: 10, completion_tokens: 105, total_tokens: 115, cost: 0.00022 })
})

const open: GatewayConfig = {
  models: { roomy: { targets: [{ provider: 'one' }], price: { input: '1', output: '2' } } },
}
