import fc from 'fast-check'
import type { ChatChunk, ChatCompletion } from '../operations/chat/chat.ts'
import { chat, hello, openSandbox, tools, user } from './ask.fake.ts'

const about = "This is Speka's sandbox: no model was asked, and the same question always gets this answer."

async function complete(request: object): Promise<ChatCompletion> {
  const heard = await chat({ ...hello, ...request })
  expect(heard).toMatchObject({ status: 200, end: 'end' })
  return JSON.parse(heard.body)
}

async function stream(request: object): Promise<ChatChunk[]> {
  const { status, end, events } = await chat({ ...hello, stream: true, ...request })
  expect({ status, end, last: events.at(-1) }).toEqual({ status: 200, end: 'end', last: '[DONE]' })
  return events.slice(0, -1) as ChatChunk[]
}

const said = async (request: object) => (await complete(request)).choices[0]?.message.content

const textOf = (chunks: readonly ChatChunk[], index = 0) =>
  chunks
    .flatMap(({ choices }) => choices.filter((one) => one.index === index).map(({ delta }) => delta.content ?? ''))
    .join('')

const usersWord = fc.string({ unit: 'grapheme', maxLength: 60 }).map(user)

describe('a chat answer', () => {
  test('echoes the last user message, and says what it is', async () => {
    expect(await said({})).toBe(`You said: "Hello there". ${about}`)
  })

  test.each([
    {
      what: 'an image',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'x' } },
      ],
      says: 'You said: "Look", and sent 1 image.',
    },
    {
      what: 'only images',
      content: [{ type: 'image_url' }, { type: 'image_url' }, { type: 'file' }],
      says: 'You sent 2 images and 1 attachment.',
    },
    { what: 'nothing', content: '', says: 'You said nothing.' },
    {
      what: 'parts of text',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      says: 'You said: "a\nb".',
    },
    {
      what: 'a long text',
      content: `${'x'.repeat(199)}😀${'x'.repeat(500)}`,
      says: `You said: "${'x'.repeat(199)}…".`,
    },
  ])('to $what is short', async ({ content, says }) => {
    expect(await said({ messages: [{ role: 'system', content: 'Be kind' }, user(content)] })).toBe(`${says} ${about}`)
  })

  test('has every field that clients insist on', async () => {
    const { body } = await chat(hello, { 'x-request-id': 'r1' })
    expect(JSON.parse(body)).toEqual({
      id: 'chatcmpl-sandbox-r1',
      object: 'chat.completion',
      created: Date.UTC(2026, 0, 1) / 1000,
      model: 'speka/sandbox',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 20,
        total_tokens: 27,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    })
  })

  test('has an id of its own without a request id', async () => {
    const { ask } = openSandbox()
    const ids = [await ask('/chat/completions', hello), await ask('/chat/completions', hello)].map(
      ({ body }) => JSON.parse(body).id,
    )
    expect(new Set(ids).size).toBe(2)
  })

  test.each([
    { limit: { max_tokens: 3 }, content: 'You said: "Hello', finish: 'length' },
    { limit: { max_completion_tokens: 1, max_tokens: 9 }, content: 'You', finish: 'length' },
    { limit: { max_tokens: 0 }, content: '', finish: 'length' },
    { limit: { max_tokens: 1000 }, content: `You said: "Hello there". ${about}`, finish: 'stop' },
    { limit: { stop: ' there' }, content: 'You said: "Hello', finish: 'stop' },
    { limit: { stop: ['nowhere', 'Speka', 'sandbox'] }, content: 'You said: "Hello there". This is ', finish: 'stop' },
    { limit: { stop: null }, content: `You said: "Hello there". ${about}`, finish: 'stop' },
  ])('is cut by $limit', async ({ limit, content, finish }) => {
    const { choices, usage } = await complete(limit)
    expect(choices[0]).toMatchObject({ message: { content }, finish_reason: finish })
    expect(textOf(await stream(limit))).toBe(content)
    const streamed = await stream({ ...limit, stream_options: { include_usage: true } })
    expect(streamed.at(-1)?.usage).toEqual(usage)
  })

  test('comes n times', async () => {
    const { choices, usage } = await complete({ n: 3 })
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(usage?.completion_tokens).toBe(60)
    const chunks = await stream({ n: 3 })
    const expected = choices[0]?.message.content
    expect([0, 1, 2].map((index) => textOf(chunks, index))).toEqual([expected, expected, expected])
  })

  test('is the same for the same request, whole or streamed', async () => {
    const requests = fc.record(
      {
        messages: fc.array(usersWord, { minLength: 1, maxLength: 3 }),
        n: fc.integer({ min: 1, max: 3 }),
        max_tokens: fc.nat(40),
        stop: fc.string({ minLength: 1, maxLength: 2 }),
        response_format: fc.constant({ type: 'json_object' }),
      },
      { requiredKeys: ['messages'] },
    )
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const whole = await complete(request)
        expect(await complete(request)).toEqual(whole)
        const chunks = await stream({ ...request, stream_options: { include_usage: true } })
        expect(await stream({ ...request, stream_options: { include_usage: true } })).toEqual(chunks)
        expect(textOf(chunks)).toBe(whole.choices[0]?.message.content)
        expect(chunks.at(-1)?.usage).toEqual(whole.usage)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a streamed chat answer', () => {
  test('comes in words: the role, the text, the finish, the end mark', async () => {
    const chunks = await stream({ max_tokens: 3 })
    expect(chunks.map(({ choices }) => choices[0])).toEqual([
      { index: 0, delta: { role: 'assistant', content: '', refusal: null }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'You' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: ' said:' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: ' "Hello' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'length' },
    ])
    expect(new Set(chunks.map(({ id, object, created, model }) => [id, object, created, model].join(' ')))).toEqual(
      new Set(['chatcmpl-sandbox-1 chat.completion.chunk 1767225600 speka/sandbox']),
    )
  })

  test.each([
    { asked: { include_usage: true }, usage: 1 },
    { asked: { include_usage: false }, usage: 0 },
    { asked: null, usage: 0 },
  ])('has $usage usage chunks when asked $asked', async ({ asked, usage }) => {
    const chunks = await stream({ stream_options: asked })
    expect(chunks.filter((chunk) => chunk.choices.length === 0)).toHaveLength(usage)
  })

  test('is told apart from JSON by its content type', async () => {
    expect((await chat({ ...hello, stream: true })).headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect((await chat(hello)).headers['content-type']).toBe('application/json')
  })
})

describe('an offered tool', () => {
  test.each([
    { what: 'whose name is mentioned', request: { messages: [user('The weather in Paris?')] }, name: 'getWeather' },
    {
      what: 'whose description is mentioned',
      request: { messages: [user('Should we expect rain?')] },
      name: 'getWeather',
    },
    { what: 'that comes first, when none is mentioned', request: {}, name: 'get_time' },
    {
      what: 'that was chosen',
      request: { tool_choice: { type: 'function', function: { name: 'getWeather' } } },
      name: 'getWeather',
    },
    {
      what: 'when one is required',
      request: { tool_choice: 'required', messages: [{ role: 'assistant', content: 'Well' }] },
      name: 'get_time',
    },
  ])('$what is called', async ({ request, name }) => {
    const { choices } = await complete({ tools, ...request })
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ function: { name } }] },
    })
  })

  test('is called with arguments that fit its schema', async () => {
    const { choices } = await complete({ tools, messages: [user('weather?')] })
    const call = choices[0]?.message.tool_calls?.[0]
    expect(call).toMatchObject({ id: expect.stringMatching(/^call_/), type: 'function' })
    expect(JSON.parse(call?.function.arguments ?? '')).toEqual({ city: 'weather?', days: 2 })
  })

  test('is streamed as a name, then fragments of its arguments', async () => {
    const { choices } = await complete({ tools })
    const chunks = await stream({ tools })
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: null, refusal: null })
    const deltas = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])
    const [first, ...rest] = deltas
    const call = choices[0]?.message.tool_calls?.[0]
    expect(first).toEqual({ index: 0, id: call?.id, type: 'function', function: { name: 'get_time', arguments: '' } })
    expect(rest.length).toBeGreaterThan(1)
    expect(rest.every((delta) => delta.index === 0 && delta.id === undefined)).toBe(true)
    expect(rest.map((delta) => delta.function?.arguments).join('')).toBe(call?.function.arguments)
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
  })

  test('that takes nothing is called with an empty object', async () => {
    const { choices } = await complete({ tools: [{ type: 'function', function: { name: 'ping' } }] })
    expect(choices[0]?.message.tool_calls?.[0]?.function.arguments).toBe('{}')
  })

  test('is left alone when told so', async () => {
    expect(await said({ tools, tool_choice: 'none' })).toContain('Hello there')
  })

  test('gets its result told in prose', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'getWeather', arguments: '{}' } }
    const messages = [
      user('Hi'),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: '21 degrees' },
    ]
    expect(await said({ tools, messages })).toBe(`getWeather answered: 21 degrees. ${about}`)
  })

  test('counts as part of the prompt', async () => {
    const [bare, offered] = [await complete({}), await complete({ tools, tool_choice: 'none' })]
    expect(offered.usage?.prompt_tokens).toBeGreaterThan(bare.usage?.prompt_tokens ?? Infinity)
  })

  test('that was not offered cannot be chosen', async () => {
    const { status, body } = await chat({
      ...hello,
      tools,
      tool_choice: { type: 'function', function: { name: 'other' } },
    })
    expect(status).toBe(400)
    expect(JSON.parse(body).error.param).toBe('tool_choice')
  })
})

describe('a response format', () => {
  test('of a schema is obeyed, whole or streamed', async () => {
    const schema = {
      type: 'object',
      properties: { answer: { type: 'string' }, score: { type: 'integer' } },
      required: ['answer', 'score'],
    }
    const response_format = { type: 'json_schema', json_schema: { name: 'out', strict: true, schema } }
    const expected = { answer: 'Hello there', score: 1 }
    expect(JSON.parse((await said({ response_format })) ?? '')).toEqual(expected)
    expect(JSON.parse(textOf(await stream({ response_format })))).toEqual(expected)
  })

  test('of JSON is an echo', async () => {
    expect(await said({ response_format: { type: 'json_object' } })).toBe('{"echo":"Hello there"}')
  })

  test('of text changes nothing', async () => {
    expect(await said({ response_format: { type: 'text' } })).toContain('You said')
  })
})
