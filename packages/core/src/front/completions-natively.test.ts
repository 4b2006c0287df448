import {
  completion,
  createFakeTransport,
  done,
  event,
  json,
  streamHead,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import type { GatewayConfig } from '../config.ts'
import { assembleGateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'

/** Completions of a server that has them are its own: a text is gone on with, and not answered. */

const price = { input: '1', output: '2' }
const config: GatewayConfig = {
  providers: {
    vllm: { type: 'vllm', base_url: 'http://vllm/v1' },
    sglang: { type: 'sglang', base_url: 'http://sglang/v1' },
    chat: { type: 'openai-compatible', base_url: 'http://chat/v1' },
  },
  models: {
    base: { targets: [{ provider: 'vllm', model: 'org/base' }], price },
    other: { targets: [{ provider: 'sglang', model: 'org/base' }], price },
    chat: { targets: [{ provider: 'chat', model: 'up' }], price },
  },
}

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const text = (choices: readonly object[], more: object = {}) => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1_790_000_000,
  model: 'org/base',
  choices,
  ...more,
})
const choice = (words: string, finish_reason: string | null = null, index = 0) => ({
  index,
  text: words,
  finish_reason,
})

function open(script: readonly ReplyScript[]) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const records: UsageRecord[] = []
  const onUsage = (record: UsageRecord): void => void records.push(record)
  const tokenizer = { decode: (tokens: readonly number[]) => tokens.join(' ') }
  const gateway = assembleGateway({ config, transport, clock, random: () => 0.5, onUsage, tokenizer })
  const post = async (request: object): Promise<Response> => {
    const answer = gateway.fetch('http://here/v1/completions', { method: 'POST', body: JSON.stringify(request) })
    await clock.advance(700_000)
    return answer
  }
  return { post, sent: transport.sent, records }
}

const streamed = (...events: readonly object[]): ReplyScript => [
  streamHead,
  ...events.map((one) => ({ data: event(one) })),
  { data: done },
  { end: true },
]

test.each(['base', 'other'])('%s is asked at /completions, with the limit that the caller pays for', async (model) => {
  const { post, sent, records } = open([json(200, text([choice('on it goes', 'length')], { usage }))])
  const answer = await post({ model, prompt: 'And so', top_k: 5 })
  expect(sent.map(({ path, body }) => ({ path, body }))).toEqual([
    { path: '/completions', body: { model: 'org/base', prompt: 'And so', top_k: 5, max_tokens: 16 } },
  ])
  expect(await answer.json()).toMatchObject({ model, choices: [{ text: 'on it goes' }], usage: { cost: 0.00002 } })
  expect(records[0]).toMatchObject({ endpoint: 'completions', outcome: 'complete', finishReason: 'length' })
})

test('a stream is metered though nobody asked for usage, and its caller is told none', async () => {
  const script = streamed(text([choice('on')]), text([choice('', 'stop')]), text([], { usage }))
  const { post, sent, records } = open([script])
  const heard = await (await post({ model: 'base', prompt: 'And so', stream: true })).text()
  expect(sent[0]?.body).toMatchObject({ stream_options: { include_usage: true } })
  expect(records[0]).toMatchObject({ outcome: 'complete', usage: { inputTokens: 10, outputTokens: 5 } })
  expect(heard).not.toContain('usage')
  expect(heard).toContain('"model":"base"')
  expect(heard.endsWith('data: [DONE]\n\n')).toBe(true)
})

test('of several choices the last one that ends is the end', async () => {
  const both = [choice('a', null, 0), choice('b', null, 1)]
  const rest = [text([choice('', 'stop', 0)]), text([choice('c', null, 1)])]
  const whole = open([streamed(text(both), ...rest, text([choice('', 'stop', 1)]), text([], { usage }))])
  const heard = await (await whole.post({ model: 'base', prompt: 'x', n: 2, stream: true })).text()
  expect(heard.match(/"text":"\w+"/g)).toEqual(['"text":"a"', '"text":"b"', '"text":"c"'])
  const cut = open([streamed(text(both), ...rest)])
  expect(await (await cut.post({ model: 'base', prompt: 'x', n: 2, stream: true })).text()).toContain(
    '"code":"upstream_incomplete"',
  )
  expect(cut.records[0]).toMatchObject({ outcome: 'interrupted' })
})

test('an error, or a choice that says it broke, is no answer', async () => {
  for (const broken of [
    text([choice('half', 'error')]),
    { object: 'error', message: 'CUDA out of memory', code: 500 },
  ]) {
    const { post, records } = open([json(200, broken), json(200, broken)])
    expect((await post({ model: 'base', prompt: 'x' })).status).toBe(502)
    expect(records[0]).toMatchObject({ outcome: 'failed' })
  }
})

test('tokens are OpenAI’s, so they become text and a chat; and so does all that goes to a target of chat', async () => {
  const tokens = open([json(200, completion('Hi'))])
  await tokens.post({ model: 'base', prompt: [1, 2] })
  const plain = open([json(200, completion('Hi'))])
  await plain.post({ model: 'chat', prompt: 'And so' })
  expect([tokens, plain].map(({ sent }) => sent[0]?.path)).toEqual(['/chat/completions', '/chat/completions'])
})
