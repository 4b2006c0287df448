import { readFileSync } from 'node:fs'
import {
  completion,
  createFakeTransport,
  done,
  event,
  finish,
  role,
  saying,
  stream,
  word,
  type ReplyScript,
} from './transport.fake.ts'
import type { GatewayConfig } from '../config.ts'
import { ask, type Asked } from '../front/ask.fake.ts'
import { assembleGateway } from '../gateway.ts'
import type { ProviderType } from '../providers/known-providers.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'

const fixture = (name: string): string => readFileSync(new URL(`../providers/${name}`, import.meta.url), 'utf8')

const ids: Partial<Record<ProviderType, string>> = { anthropic: 'claude-sonnet-4-5', gemini: 'gemini-2.5-flash' }

const configOf = (type: ProviderType): GatewayConfig => ({
  providers: { p: { type, base_url: 'http://upstream/v1', api_key: 'key-of-upstream' } },
  models: { m: { targets: [{ provider: 'p', model: ids[type] ?? 'up' }], price: { input: '1', output: '2' } } },
  routing: { max_attempts: 1 },
})

/** A reply whose bytes come in pieces of this size. */
function saidAs(type: string | undefined, body: string | Buffer, size = Infinity): ReplyScript {
  const bytes = Buffer.from(body)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + Math.min(size, bytes.length)))
  const headers = type === undefined ? {} : { 'content-type': type }
  return [{ head: 200, headers }, ...pieces.map((data) => ({ data })), { end: true }]
}

const EVENTS = 'text/event-stream'
const JSON_TYPE = 'application/json'

/** What a caller of a stream has in hand at its end. */
function heard({ chunks }: Asked) {
  const deltas = chunks.flatMap(({ choices }) => choices.filter(({ index }) => index === 0).map(({ delta }) => delta))
  const calls: { name: string; arguments: string }[] = []
  for (const { index, function: called } of deltas.flatMap(({ tool_calls: pieces = [] }) => pieces)) {
    const call = (calls[index] ??= { name: '', arguments: '' })
    call.name += called?.name ?? ''
    call.arguments += called?.arguments ?? ''
  }
  return {
    text: deltas.map(({ content }) => content ?? '').join(''),
    reasoning: deltas.map(({ reasoning_content: thought }) => thought ?? '').join(''),
    calls,
    finish: chunks.flatMap(({ choices }) => choices).findLast(({ finish_reason: reason }) => reason !== null)
      ?.finish_reason,
  }
}

/** The same of a whole answer. */
function read({ completion: { choices } }: Asked) {
  const message = choices[0]?.message
  return {
    text: message?.content ?? '',
    reasoning: message?.reasoning_content ?? '',
    calls: (message?.tool_calls ?? []).map(({ function: called }) => called),
    finish: choices[0]?.finish_reason,
  }
}

const streams: readonly (readonly [ProviderType, string])[] = [
  ['openai', 'openai-compatible/__fixtures__/openai.sse'],
  ['openai', 'openai-compatible/__fixtures__/openai-tools.sse'],
  ['deepseek', 'openai-compatible/__fixtures__/deepseek.sse'],
  ['vllm', 'openai-compatible/__fixtures__/vllm-reasoning.sse'],
  ['ollama', 'openai-compatible/__fixtures__/ollama-tools.sse'],
  ['openai-compatible', 'openai-compatible/__fixtures__/odd-framing.sse'],
  ['mistral', 'openai-compatible/__fixtures__/mistral.sse'],
  ['anthropic', 'anthropic/__fixtures__/text.sse'],
  ['anthropic', 'anthropic/__fixtures__/tools.sse'],
  ['anthropic', 'anthropic/__fixtures__/thinking.sse'],
  ['gemini', 'gemini/__fixtures__/text.sse'],
  ['gemini', 'gemini/__fixtures__/tools.sse'],
]

describe.each(streams)('events of %s, %s,', (type, name) => {
  const body = fixture(name)
  const options = { config: configOf(type), model: 'm' }

  test.each([EVENTS, 'text/plain', JSON_TYPE, undefined])(
    'are an answer where JSON was asked for: %s',
    async (said) => {
      const whole = await ask([saidAs(said, body)], { ...options, stream: false }).over()
      const streamed = await ask([saidAs(EVENTS, body)], options).over()
      expect(read(whole)).toEqual(heard(streamed))
      // Where nobody counted, each piece of a stream counts for at least one.
      const { usage, charge } = streamed.record
      const counted = usage.estimated === true ? whole.record : { usage, charge }
      expect({ usage: whole.record.usage, charge: whole.record.charge }).toEqual({
        usage: counted.usage,
        charge: counted.charge,
      })
      expect(whole.completion).toMatchObject({ object: 'chat.completion', model: 'm' })
    },
  )

  test.each(['text/plain', JSON_TYPE, undefined])('are a stream whatever they are called: %s', async (said) => {
    const streamed = await ask([saidAs(said, body)], options).over()
    expect(heard(streamed)).toEqual(heard(await ask([saidAs(EVENTS, body)], options).over()))
    expect(streamed.endedWithDone).toBe(true)
  })

  test('are a stream in pieces of one byte, behind a byte order mark and blank lines', async () => {
    const streamed = await ask([saidAs('text/plain', `\uFEFF\r\n\n${body}`, 1)], options).over()
    expect(heard(streamed)).toEqual(heard(await ask([saidAs(EVENTS, body)], options).over()))
  })
})

const answers: readonly (readonly [ProviderType, string])[] = [
  ['openai', 'openai-compatible/__fixtures__/openai.json'],
  ['ollama', 'openai-compatible/__fixtures__/ollama-tools.json'],
  ['anthropic', 'anthropic/__fixtures__/message.json'],
  ['gemini', 'gemini/__fixtures__/response.json'],
]

describe.each(answers)('an answer of %s, %s,', (type, name) => {
  const body = fixture(name)
  const options = { config: configOf(type), model: 'm' }

  test.each([EVENTS, 'text/plain', JSON_TYPE, undefined])('is a stream where one was asked for: %s', async (said) => {
    const whole = await ask([saidAs(JSON_TYPE, body)], { ...options, stream: false }).over()
    const streamed = await ask([saidAs(said, body)], options).over()
    expect(heard(streamed)).toEqual(read(whole))
    expect(streamed.endedWithDone).toBe(true)
  })

  test.each([EVENTS, 'text/plain', 'text/html', undefined])('is one whatever it is called: %s', async (said) => {
    const whole = await ask([saidAs(JSON_TYPE, body)], { ...options, stream: false }).over()
    expect(read(await ask([saidAs(said, body)], { ...options, stream: false }).over())).toEqual(read(whole))
  })

  test('has a byte order mark', async () => {
    const marked = saidAs(JSON_TYPE, `\uFEFF${body}`)
    const whole = await ask([saidAs(JSON_TYPE, body)], { ...options, stream: false }).over()
    expect(read(await ask([marked], { ...options, stream: false }).over())).toEqual(read(whole))
    expect(heard(await ask([marked], options).over())).toEqual(read(whole))
  })

  test('is the only event', async () => {
    const only = saidAs(EVENTS, `data: ${JSON.stringify(JSON.parse(body))}\n\n`)
    const whole = await ask([saidAs(JSON_TYPE, body)], { ...options, stream: false }).over()
    expect(read(await ask([only], { ...options, stream: false }).over())).toEqual(read(whole))
  })

  const empty = ['', ' ', {}, [], null, false, 0, { message: '', code: null }, { code: 0, message: '' }]
  test.each(empty)('stands beside an error that says nothing: %j', async (error) => {
    const beside = saidAs(JSON_TYPE, JSON.stringify({ ...JSON.parse(body), error }))
    const whole = await ask([saidAs(JSON_TYPE, body)], { ...options, stream: false }).over()
    expect(read(await ask([beside], { ...options, stream: false }).over())).toEqual(read(whole))
    expect(heard(await ask([beside], options).over())).toEqual(read(whole))
  })
})

test.each(['', {}, null])('an error that says nothing may stand in every event: %j', async (error) => {
  const events = saying('Hi').map((text) =>
    text.startsWith('data: {') ? event({ ...JSON.parse(text.slice('data: '.length)), error }) : text,
  )
  expect(await ask([stream(events)]).over()).toMatchObject({ text: 'Hi', endedWithDone: true })
  expect(await ask([stream(events)], { stream: false }).over()).toMatchObject({ text: 'Hi' })
})

test.each([
  { what: 'that break off', body: role() + word('Hi'), code: 'upstream_incomplete' },
  {
    what: 'that tell of an error',
    body: role() + event({ error: { message: 'x', code: 503 } }),
    code: 'upstream_error',
  },
  { what: 'that say nothing', body: ': hello\n\n', code: 'upstream_bad_response' },
  { what: 'that are no JSON', body: 'data: oops\n\n', code: 'upstream_bad_response' },
])('events $what are no answer', async ({ body, code }) => {
  const { error, record } = await ask([saidAs(EVENTS, body)], {
    stream: false,
    config: { routing: { max_attempts: 1 } },
  }).over()
  expect(error?.code).toBe(code)
  expect(record.charge).toBe(0n)
})

test('a refusal that is told as an event is understood', async () => {
  const refused = [
    { head: 400, headers: { 'content-type': EVENTS } },
    { data: event({ error: { message: 'Bad', code: 'context_length_exceeded' } }) },
    { end: true },
  ] as const
  expect((await ask([refused]).over()).error?.code).toBe('context_length_exceeded')
})

/** Asks for something else than chat. */
async function post(path: string, type: ProviderType, script: ReplyScript, request: object): Promise<unknown> {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, [script])
  const gateway = assembleGateway({ config: configOf(type), transport, clock, random: () => 0.5, onUsage: () => {} })
  const body = JSON.stringify({ model: 'm', ...request })
  const answer = gateway.fetch(`http://gateway/v1${path}`, { method: 'POST', body })
  await clock.advance(700_000)
  const response = await answer
  expect(response.status).toBe(200)
  return response.json()
}

const vectors = {
  object: 'list',
  model: 'up',
  data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
  usage: { prompt_tokens: 1, total_tokens: 1 },
}
const picture = 'iVBORw0KGgoAAAA='

test.each([EVENTS, 'text/plain'])('vectors may come as an event: %s', async (said) => {
  const script = saidAs(said, `${event({ ...vectors, error: '' })}data: [DONE]\n\n`)
  expect(await post('/embeddings', 'openai-compatible', script, { input: 'a' })).toMatchObject({ data: vectors.data })
})

test('vectors may stand behind a byte order mark', async () => {
  const script = saidAs(JSON_TYPE, `\uFEFF${JSON.stringify(vectors)}`)
  expect(await post('/embeddings', 'openai-compatible', script, { input: 'a' })).toMatchObject({ data: vectors.data })
})

test.each([
  event({ created: 1, data: [{ b64_json: picture }] }),
  `event: image_generation.completed\n${event({ type: 'image_generation.completed', b64_json: picture, created_at: 1 })}`,
  event({ type: 'image_generation.partial_image', b64_json: 'AAAA' }) +
    event({ type: 'image_generation.completed', b64_json: picture }),
])('pictures may come as events', async (body) => {
  const answer = await post('/images/generations', 'openai', saidAs(EVENTS, body), { prompt: 'a cat' })
  expect(answer).toMatchObject({ data: [{ b64_json: picture }] })
})

test('a whole answer is taken in the dialects of chat as well', async () => {
  const script = stream(saying('Hi'))
  expect(await post('/responses', 'openai-compatible', script, { input: 'hi' })).toMatchObject({
    output: [{ content: [{ text: 'Hi' }] }],
  })
  expect(await post('/completions', 'openai-compatible', stream(saying('Hi')), { prompt: 'hi' })).toMatchObject({
    choices: [{ text: 'Hi' }],
  })
})

test.each(['identity', 'Identity', 'none', '', 'UTF-8', 'utf8'])(
  'an answer whose encoding is called "%s" is not compressed',
  async (encoding) => {
    const headers = { 'content-encoding': encoding }
    const whole = [
      { head: 200, headers },
      { data: Buffer.from(JSON.stringify(completion('Hi'))) },
      { end: true },
    ] as const
    expect(read(await ask([whole], { config: configOf('vllm'), model: 'm', stream: false }).over()).text).toBe('Hi')
    const events = [role(), word('Hi'), finish(), done].map((data) => ({ data: Buffer.from(data) }))
    const streamed = [{ head: 200, headers: { ...headers, 'content-type': EVENTS } }, ...events, { end: true }] as const
    expect(heard(await ask([streamed], { config: configOf('vllm'), model: 'm' }).over()).text).toBe('Hi')
  },
)
