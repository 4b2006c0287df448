import OpenAI from 'openai'
import {
  called,
  refused,
  responseOf,
  said,
  streamOf,
  thought,
} from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { conformingFetch, type ConformingFetch } from './support/conformance/conforming-fetch.ts'
import {
  chunk,
  json,
  sayHello,
  startScriptedUpstream,
  streamHead,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const weather = { name: 'weather', parameters: { type: 'object', properties: {} } }
const tools = [{ type: 'function' as const, function: weather }]
const asked = { model: 'gpt-5.6', messages: [{ role: 'user' as const, content: 'Weather?' }], tools }
const output = [thought(['Which city?'], 'gAAA'), said('Let me see.'), called('weather', '{"city":"Köln"}', 'call_1')]
const final = [said('Sunny.')]

const refusal = (model: string) => ({
  error: {
    message: `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
    type: 'invalid_request_error',
    param: 'reasoning_effort',
    code: null,
  },
})

/** As OpenAI is: it refuses tools with reasoning at one endpoint, and takes them at the other. */
function asOpenAIDoes(request: SeenRequest): readonly Step[] {
  const body = JSON.parse(request.body) as {
    model: string
    stream?: boolean
    input?: { type: string }[]
    tools?: unknown
  }
  if (request.path === '/v1/chat/completions') {
    if (body.tools === undefined && !/codex/.test(body.model)) return sayHelloTo(request)
    return json(refusal(body.model), 400)
  }
  const isAnswered = body.input?.at(-1)?.type === 'function_call_output'
  const response = responseOf(body.tools === undefined || isAnswered ? final : output, { model: body.model })
  return body.stream === true ? streamed(response) : json(response)
}

const streamed = (response: Readonly<Record<string, unknown>>): readonly Step[] => [
  streamHead,
  ...streamOf(response)
    .split(/(?<=\n\n)/)
    .map((event) => chunk(event)),
  { write: '0\r\n\r\n' },
]

const sayHelloTo = (request: SeenRequest): readonly Step[] =>
  typeof sayHello === 'function' ? sayHello(request) : sayHello

let upstream: ScriptedUpstream
let other: ScriptedUpstream
let app: StartedApp
let wire: ConformingFetch
let client: OpenAI

beforeAll(async () => {
  ;[upstream, other] = await Promise.all([startScriptedUpstream(asOpenAIDoes), startScriptedUpstream(sayHello)])
  const price = { input: '1', output: '1' }
  app = await startApp({
    providers: {
      openai: { type: 'openai', base_url: upstream.baseURL, api_key: 'k' },
      old: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' },
      other: { type: 'openai-compatible', base_url: other.baseURL, api_key: 'k' },
    },
    models: {
      'gpt-5.6': { targets: [{ provider: 'openai' }], price },
      'gpt-5-codex': { targets: [{ provider: 'openai' }], price },
      'gpt-by-hand': { targets: [{ provider: 'old', model: 'gpt-5.6' }], price },
      other: { targets: [{ provider: 'other' }], price },
    },
  })
  wire = conformingFetch()
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0, fetch: wire })
})

beforeEach(() => {
  upstream.clear()
  other.clear()
})

afterEach(() => wire.verify())

afterAll(async () => {
  await app?.close()
  await Promise.all([upstream?.close(), other?.close()])
})

const pathsSeen = (): string[] => upstream.seen.map(({ path }) => path)

test('a caller of chat gets calls from a model that makes them at /responses only', async () => {
  const answer = await client.chat.completions.create(asked)
  expect(answer).toMatchObject({ object: 'chat.completion', model: 'gpt-5.6', service_tier: 'default' })
  expect(answer.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'Let me see.',
      reasoning_content: 'Which city?',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } }],
    },
  })
  expect(answer.usage).toMatchObject({
    prompt_tokens: 36,
    completion_tokens: 87,
    prompt_tokens_details: { cached_tokens: 20 },
    completion_tokens_details: { reasoning_tokens: 64 },
  })
  expect(pathsSeen()).toEqual(['/v1/responses'])
  expect(app.settled.at(-1)).toMatchObject({ endpoint: 'chat', outcome: 'complete', upstreamId: 'resp_0123abcd' })
})

test('a stream of chat is the same', async () => {
  const runner = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } })
  const answer = await runner.finalChatCompletion()
  expect(answer.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: 'Let me see.', tool_calls: [{ id: 'call_1', function: { arguments: '{"city":"Köln"}' } }] },
  })
  expect(answer.usage).toMatchObject({ prompt_tokens: 36, completion_tokens: 87 })
  expect(pathsSeen()).toEqual(['/v1/responses'])
})

test('what the model thought goes back with the result of the tool', async () => {
  const { choices } = await client.chat.completions.create(asked)
  const message = choices[0]?.message as OpenAI.ChatCompletionMessageParam
  const result = { role: 'tool' as const, tool_call_id: 'call_1', content: 'Sunny' }
  const answer = await client.chat.completions.create({ ...asked, messages: [...asked.messages, message, result] })
  expect(answer.choices[0]?.message.content).toBe('Sunny.')
  const { input, store, include } = JSON.parse(upstream.seen.at(-1)?.body ?? '') as Record<string, unknown>
  expect(input).toEqual([
    { type: 'message', role: 'user', content: 'Weather?' },
    {
      type: 'reasoning',
      id: 'rs_0c2d',
      summary: [{ type: 'summary_text', text: 'Which city?' }],
      encrypted_content: 'gAAA',
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
    { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Köln"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'Sunny' },
  ])
  expect([store, include]).toEqual([false, ['reasoning.encrypted_content']])
})

test.each([false, true])('a caller of responses gets the same calls, streamed: %s', async (stream) => {
  const request = {
    model: 'gpt-5.6',
    input: 'Weather?',
    tools: [{ type: 'function' as const, strict: false, ...weather }],
  }
  const response = stream
    ? await client.responses.stream(request).finalResponse()
    : await client.responses.create(request)
  expect(response).toMatchObject({ object: 'response', status: 'completed' })
  expect(response.output_text).toBe('Let me see.')
  expect(response.output.at(-1)).toMatchObject({
    type: 'function_call',
    call_id: 'call_1',
    name: 'weather',
    arguments: '{"city":"Köln"}',
  })
  expect(pathsSeen()).toEqual(['/v1/responses'])
})

test.each([false, true])(
  'a caller of completions gets text from a model that is at /responses only, streamed: %s',
  async (stream) => {
    const request = { model: 'gpt-5-codex', prompt: 'Weather?' }
    if (stream) {
      let text = ''
      for await (const part of await client.completions.create({ ...request, stream: true }))
        text += part.choices[0]?.text ?? ''
      expect(text).toBe('Sunny.')
    } else {
      const { choices } = await client.completions.create(request)
      expect(choices[0]).toMatchObject({ text: 'Sunny.', finish_reason: 'stop' })
    }
    expect(pathsSeen()).toEqual(['/v1/responses'])
  },
)

test('completions have no tools, and the refusal says where they are', async () => {
  const request = { model: 'gpt-5.6', prompt: 'Weather?', tools }
  await expect(client.completions.create(request)).rejects.toMatchObject({
    status: 400,
    code: 'unsupported_parameter',
    param: 'tools',
    message: expect.stringContaining('/v1/chat/completions'),
  })
  expect(upstream.seen).toEqual([])
})

test('without tools the same model is asked at chat', async () => {
  await client.chat.completions.create({ model: asked.model, messages: asked.messages })
  expect(pathsSeen()).toEqual(['/v1/chat/completions'])
})

test.each([false, true])(
  'an upstream that refuses tools at chat is followed by a fallback, streamed: %s',
  async (stream) => {
    const request = { ...asked, model: 'gpt-by-hand', models: ['other'] }
    const body = stream ? { ...request, stream: true as const } : request
    const { response } = await client.chat.completions.create(body as typeof request).withResponse()
    expect(response.headers.get('x-speka-model')).toBe('other')
    expect(pathsSeen()).toEqual(['/v1/chat/completions'])
    expect(other.seen).toHaveLength(1)
  },
)

test('what /responses has nothing like is named', async () => {
  const { response } = await client.chat.completions.create({ ...asked, stop: 'END', seed: 7 }).withResponse()
  expect(response.headers.get('x-speka-dropped-params')).toBe('stop, seed')
})

/** OpenAI's published examples, by what they show. */
const examples = {
  text: responseOf([said('Hello!')]),
  'parallel calls': responseOf([
    called('weather', '{"city":"Köln"}', 'call_1'),
    called('weather', '{"city":"Bonn"}', 'call_2'),
  ]),
  'reasoning with a summary': responseOf([thought(['First.', 'Then.'], null), said('Four.')]),
  'encrypted reasoning': responseOf([thought([], 'gAAA'), said('Four.')]),
  'a refusal': responseOf([refused('No.')]),
  'an answer cut short': responseOf([said('Once', { status: 'incomplete' })], {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  }),
} as const

describe.each(Object.entries(examples).map(([name, response]) => ({ name, response })))('$name', ({ response }) => {
  const output = response['output'] as OpenAI.Responses.ResponseOutputItem[]
  const reply = ({ body }: SeenRequest): readonly Step[] =>
    (JSON.parse(body) as { stream?: boolean }).stream === true ? streamed(response) : json(response)

  beforeEach(() => upstream.on('gpt-5.6', reply))
  afterEach(() => upstream.on('gpt-5.6', asOpenAIDoes))

  test.each([false, true])('is the same in chat, streamed: %s', async (stream) => {
    const { choices, usage } = stream
      ? await client.chat.completions
          .stream({ ...asked, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : await client.chat.completions.create(asked)
    const { message, finish_reason: reason } = choices[0] ?? {}
    expect(message?.content ?? '').toBe(textOf(output))
    expect(message?.refusal ?? '').toBe(refusalOf(output))
    expect((message?.tool_calls ?? []).map((call) => 'function' in call && call.function.arguments)).toEqual(
      output.flatMap((item) => (item.type === 'function_call' ? [item.arguments] : [])),
    )
    expect(reason).toBe(
      response['status'] === 'incomplete'
        ? 'length'
        : output.some(({ type }) => type === 'function_call')
          ? 'tool_calls'
          : 'stop',
    )
    expect(usage).toMatchObject({ prompt_tokens: 36, completion_tokens: 87 })
  })

  test.each([false, true])('is itself in responses, streamed: %s', async (stream) => {
    const request = { model: 'gpt-5.6', input: 'Hi' }
    const answer = stream
      ? await client.responses.stream(request).finalResponse()
      : await client.responses.create(request)
    expect(answer).toMatchObject({ status: response['status'], output })
    expect(answer.usage).toMatchObject({ input_tokens: 36, output_tokens: 87, cost: 0.000123 })
  })
})

const textOf = (output: readonly OpenAI.Responses.ResponseOutputItem[]): string =>
  partsOf(output)
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('')

const refusalOf = (output: readonly OpenAI.Responses.ResponseOutputItem[]): string =>
  partsOf(output)
    .map((part) => (part.type === 'refusal' ? part.refusal : ''))
    .join('')

const partsOf = (output: readonly OpenAI.Responses.ResponseOutputItem[]) =>
  output.flatMap((item) => (item.type === 'message' ? item.content : []))

test.each([false, true])('a response that failed is an error by either endpoint, streamed: %s', async (stream) => {
  const response = responseOf([], { status: 'failed', error: { code: 'server_error', message: 'Oops' } })
  upstream.on('gpt-5.6', stream ? streamed(response) : json(response))
  const body = stream ? { stream: true as const } : {}
  await expect(client.chat.completions.create({ ...asked, ...body } as typeof asked)).rejects.toMatchObject({
    status: 502,
  })
  const request = { model: 'gpt-5.6', input: 'Hi', ...body } as OpenAI.Responses.ResponseCreateParamsNonStreaming
  await expect(client.responses.create(request)).rejects.toMatchObject({ status: 502 })
  upstream.on('gpt-5.6', asOpenAIDoes)
})
