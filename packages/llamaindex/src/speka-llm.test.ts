import { inspect } from 'node:util'
import type { ChatResponseChunk, MessageContent } from '@llamaindex/core/llms'
import { Settings } from '@llamaindex/core/global'
import { tool } from '@llamaindex/core/tools'
import { createGateway, type ChatChunk, type ChatRequest, type Gateway, type UsageRecord } from '@speka/core/node'
import { mintRequestId } from '@speka/core/internal'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { toChatMessages } from './messages.ts'
import { SpekaLLM, type SpekaLLMOptions } from './speka-llm.ts'

const sandbox = 'speka/sandbox'
const gateway = createGateway({ config: {} })
const hello = [{ role: 'user' as const, content: 'Hello!' }]
const made = (more: Partial<SpekaLLMOptions> = {}) => new SpekaLLM({ model: sandbox, gateway, ...more })

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** A gateway that remembers what it was asked. */
function watched(): Gateway & { asked: { request: ChatRequest; options: unknown }[] } {
  const asked: { request: ChatRequest; options: unknown }[] = []
  return {
    ...gateway,
    asked,
    chat(request, options) {
      asked.push({ request, options })
      return gateway.chat(request, options)
    },
  }
}

type Delta = ChatChunk['choices'][number]['delta']

/** A gateway that streams these deltas, and then the finish. */
function streaming(deltas: readonly Delta[], finish = 'stop'): Gateway {
  const head = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 0, model: 'fake/model' } as const
  return {
    ...gateway,
    async *streamChat() {
      for (const delta of deltas) yield { ...head, choices: [{ index: 0, delta, finish_reason: null }] }
      yield { ...head, choices: [{ index: 0, delta: {}, finish_reason: finish }] }
      yield { ...head, choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }
      return { requestId: mintRequestId(0), cost: '0.01', isEstimated: false, provider: 'fake', attempts: [] }
    },
  }
}

/** A gateway whose every answer says this. */
const saying = (message: object): Gateway => ({
  ...gateway,
  chat: async () => ({ choices: [{ message: { content: null, ...message } }], attempts: [] }) as never,
})

const call = (index: number, name: string, input: string, id?: string) => ({
  tool_calls: [
    {
      index,
      ...(id !== undefined && { id, type: 'function' as const }),
      function: { ...(id !== undefined && { name }), arguments: input },
    },
  ],
})

describe('chat', () => {
  test('answers, and tells in raw what it used and cost', async () => {
    const { message, raw } = await made().chat({ messages: hello })
    expect(message).toMatchObject({ role: 'assistant', content: expect.stringContaining('You said: "Hello!"') })
    expect(raw).toMatchObject({
      model: sandbox,
      usage: { total_tokens: 25, cost: 0.0000044 },
      cost: '0.0000044',
      attempts: [{ model: sandbox, outcome: 'answered' }],
      requestId: expect.any(String),
    })
    expect(() => JSON.stringify(raw)).not.toThrow()
  })

  test('streams, and tells the same in the last raw', async () => {
    const chunks = await all(await made().chat({ messages: hello, stream: true }))
    expect(chunks.length).toBeGreaterThan(10)
    expect(chunks.map(({ delta }) => delta).join('')).toContain('You said: "Hello!"')
    expect(chunks.at(-1)?.raw).toMatchObject({ usage: { total_tokens: 25 }, cost: '0.0000044', attempts: [{}] })
  })

  test('tells in raw that a cost is an estimate, where nobody told the usage', async () => {
    const llm = made({ model: 'speka/sandbox:nousage' })
    const marked = { cost: expect.any(String), costEstimated: true }
    expect((await llm.chat({ messages: hello })).raw).toMatchObject(marked)
    expect((await all(await llm.chat({ messages: hello, stream: true }))).at(-1)?.raw).toMatchObject(marked)
    expect((await made().chat({ messages: hello })).raw).not.toHaveProperty('costEstimated')
  })

  test('completes a prompt, at once and streamed', async () => {
    expect((await made().complete({ prompt: 'Hello!' })).text).toContain('Hello!')
    const pieces = await all(await made().complete({ prompt: 'Hello!', stream: true }))
    expect(pieces.map(({ text }) => text).join('')).toContain('Hello!')
  })

  test('falls back before the first output', async () => {
    const llm = made({ model: 'speka/sandbox:503', models: [sandbox] })
    expect((await llm.chat({ messages: hello })).raw).toMatchObject({ model: sandbox, attempts: [{}, {}] })
    expect((await all(await llm.chat({ messages: hello, stream: true }))).at(-1)?.raw).toMatchObject({ model: sandbox })
  })

  test('throws in the middle of a stream that breaks', async () => {
    const stream = await made({ model: 'speka/sandbox:cut@5' }).chat({ messages: hello, stream: true })
    await expect(all(stream)).rejects.toMatchObject({ status: 502, requestId: expect.any(String) })
  })

  test('closes the upstream when the loop is left', async () => {
    const records: UsageRecord[] = []
    const own = createGateway({ config: {}, onUsage: (record) => void records.push(record) })
    const stream = await made({ gateway: own, model: 'speka/sandbox:slow' }).chat({ messages: hello, stream: true })
    for await (const _ of stream) break
    while (records.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(records[0]?.outcome).toBe('cancelled')
  })

  test.each([
    { model: 'speka/sandbux', code: 'model_not_found', status: 404 },
    { model: 'speka/sandbox:context_length', code: 'context_length_exceeded', status: 400 },
    { model: 'speka/sandbox:500', code: 'upstream_error', status: 502 },
  ])('fails as the gateway does: $model is $code', async ({ model, code, status }) => {
    await expect(made({ model }).chat({ messages: hello })).rejects.toMatchObject({
      name: 'SpekaError',
      code,
      status,
      requestId: expect.any(String),
    })
  })

  test('has something to say, or is refused', async () => {
    await expect(made().chat({ messages: [] })).rejects.toMatchObject({ code: 'invalid_value', status: 400 })
  })

  test('without a key says so', async () => {
    const before = process.env['SPEKA_API_KEY']
    delete process.env['SPEKA_API_KEY']
    await expect(new SpekaLLM({ model: sandbox }).chat({ messages: hello })).rejects.toMatchObject({
      code: 'invalid_api_key',
      status: 401,
    })
    if (before !== undefined) process.env['SPEKA_API_KEY'] = before
  })
})

describe('options', () => {
  test('reach the gateway', async () => {
    const own = watched()
    const options = { models: ['a/b'], provider: { sort: 'price' as const }, metadata: { team: 'x' } }
    const llm = made({
      gateway: own,
      ...options,
      temperature: 0,
      topP: 0.5,
      maxTokens: 9,
      timeout: 5000,
      maxCostUsd: '0.01',
      tags: ['t'],
      additionalChatOptions: { seed: 1 },
    })
    await llm.chat({ messages: hello, additionalChatOptions: { seed: 2 } })
    expect(own.asked[0]).toEqual({
      request: { model: sandbox, ...options, temperature: 0, top_p: 0.5, max_tokens: 9, seed: 2, messages: hello },
      options: { timeoutMs: 5000, maxCostUsd: '0.01', tags: ['t'] },
    })
  })

  test('that nobody gave are not sent', async () => {
    const own = watched()
    await made({ gateway: own }).chat({ messages: hello })
    expect(own.asked[0]?.request).toEqual({ model: sandbox, messages: hello })
  })

  test('show no key in a log', () => {
    const llm = new SpekaLLM({ model: sandbox, apiKey: 'sk-speka-live-secret' })
    expect(inspect(llm, { depth: 5 }) + JSON.stringify(llm)).not.toContain('secret')
  })
})

describe('metadata', () => {
  test.each([
    { model: sandbox, contextWindow: 128_000, structuredOutput: true },
    { model: 'moonshotai/kimi-k2.6', contextWindow: 262_144, structuredOutput: true },
    { model: 'meta/llama-3.2-90b-vision-instruct', contextWindow: 128_000, structuredOutput: false },
    { model: 'nobody/knows', contextWindow: 32_768, structuredOutput: true },
  ])("of $model is the catalog's", ({ model, contextWindow, structuredOutput }) => {
    for (const llm of [made({ model }), new SpekaLLM({ model })]) {
      expect(llm.metadata).toMatchObject({ model, contextWindow, structuredOutput, tokenizer: undefined })
    }
  })

  test('of a model of the operator is what was configured, or said', () => {
    const config = {
      providers: { local: { type: 'vllm', base_url: 'http://127.0.0.1:1/v1' } },
      models: { own: { targets: [{ provider: 'local' }], context_window: 4000 } },
    } as const
    const own = createGateway({ config })
    expect(made({ gateway: own, model: 'own' }).metadata.contextWindow).toBe(4000)
    expect(made({ gateway: own, model: 'own', contextWindow: 5000 }).metadata.contextWindow).toBe(5000)
  })

  test('says which models call tools', () => {
    expect(made().supportToolCall).toBe(true)
    expect(made({ model: 'nobody/knows' }).supportToolCall).toBe(true)
    expect(made({ model: 'meta/llama-3.2-90b-vision-instruct' }).supportToolCall).toBe(false)
  })

  test('says what was set, and what is usual of what was not', () => {
    expect(made({ temperature: 0, topP: 0.5, maxTokens: 9 }).metadata).toMatchObject({
      temperature: 0,
      topP: 0.5,
      maxTokens: 9,
    })
    expect(made().metadata).toMatchObject({ temperature: 1, topP: 1, maxTokens: undefined })
  })
})

describe('tools', () => {
  const parameters = z.object({ city: z.string() })
  const weather = tool({
    name: 'get_weather',
    description: 'Weather.',
    parameters,
    execute: ({ city }) => `Sunny in ${city}.`,
  })

  test('are offered, and called', async () => {
    const own = watched()
    const { message } = await made({ gateway: own }).chat({ messages: hello, tools: [weather] })
    expect(own.asked[0]?.request.tools).toMatchObject([
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'Weather.',
          parameters: { properties: { city: { type: 'string' } } },
        },
      },
    ])
    expect(message.options).toMatchObject({
      toolCall: [{ id: expect.any(String), name: 'get_weather', input: expect.stringContaining('city') }],
    })
  })

  test('that are streamed grow, and are whole in the end, each of several', async () => {
    const llm = made({
      gateway: streaming(
        [{ role: 'assistant' }, call(0, 'a', '{"x"', '1'), call(0, 'a', ':1}'), call(1, 'b', '', '2')],
        'tool_calls',
      ),
    })
    const chunks = await all(await llm.chat({ messages: hello, stream: true }))
    const calls = chunks.map(({ options }) => (options as { toolCall?: unknown } | undefined)?.toolCall)
    expect(calls.slice(0, 4)).toEqual([
      [{ id: '1', name: 'a', input: '{"x"' }],
      [{ id: '1', name: 'a', input: '{"x":1}' }],
      [{ id: '2', name: 'b', input: '' }],
      [
        { id: '1', name: 'a', input: { x: 1 } },
        { id: '2', name: 'b', input: {} },
      ],
    ])
  })

  test('with broken input stay text, for the model to be told', async () => {
    const llm = made({ gateway: streaming([call(0, 'a', '{"x', '1')], 'tool_calls') })
    const chunks = await all(await llm.chat({ messages: hello, stream: true }))
    expect(chunks.at(-2)?.options).toEqual({ toolCall: [{ id: '1', name: 'a', input: '{"x' }] })
  })

  test.each([false, true])('are run by exec, streamed: %p', async (stream) => {
    const messages = [...hello]
    const { toolCalls, newMessages } = (await made().exec({
      messages,
      tools: [weather],
      stream: stream as never,
    })) as unknown as {
      toolCalls: unknown[]
      newMessages: object[] | (() => object[])
    }
    expect(toolCalls).toMatchObject([{ name: 'get_weather' }])
    const added = typeof newMessages === 'function' ? newMessages() : newMessages
    expect(added.at(-1)).toMatchObject({ content: 'Sunny in Hello!.', options: { toolResult: { isError: false } } })
  })

  test('that share an index are told apart by their ids', async () => {
    const llm = made({
      gateway: streaming(
        [call(0, 'a', '{"x"', '1'), call(0, 'a', ':1}'), call(0, 'b', '{"y"', '2'), call(0, 'b', ':2}')],
        'tool_calls',
      ),
    })
    const chunks = await all(await llm.chat({ messages: hello, stream: true }))
    expect(chunks.at(-2)?.options).toEqual({
      toolCall: [
        { id: '1', name: 'a', input: { x: 1 } },
        { id: '2', name: 'b', input: { y: 2 } },
      ],
    })
  })

  test('without any arguments have an empty object as input', async () => {
    const nothing = { id: '1', type: 'function', function: { name: 'get_weather', arguments: '' } }
    const { newMessages } = await made({ gateway: saying({ tool_calls: [nothing] }) }).exec({
      messages: [...hello],
      tools: [
        tool({ name: 'get_weather', description: 'Weather.', parameters: z.object({}), execute: () => 'Sunny.' }),
      ],
    })
    expect(newMessages.at(-1)).toMatchObject({ content: 'Sunny.' })
  })

  test('do not hide behind what the model thinks first', async () => {
    const llm = made({
      gateway: streaming([{ reasoning_content: 'Hm.' }, call(0, 'get_weather', '{"city":"Rome"}', '1')], 'tool_calls'),
    })
    const { toolCalls } = await llm.streamExec({ messages: hello, tools: [weather], stream: true })
    expect(toolCalls).toMatchObject([{ name: 'get_weather', input: { city: 'Rome' } }])
  })
})

describe('structured output', () => {
  test.each([
    { kind: 'zod 4', schema: z.object({ name: z.string(), age: z.number() }) },
    { kind: 'zod 3', schema: z3.object({ name: z3.string(), age: z3.number() }) },
  ])('of $kind comes through a tool by exec, and through the format by chat', async ({ schema }) => {
    const shape = { name: expect.any(String), age: expect.any(Number) }
    expect((await made().exec({ messages: [...hello], responseFormat: schema })).object).toEqual(shape)
    expect(await (await made().exec({ messages: [...hello], responseFormat: schema, stream: true })).object).toEqual(
      shape,
    )
    const { message } = await made().chat({ messages: hello, responseFormat: schema })
    expect(JSON.parse(message.content as string)).toEqual(shape)
  })

  test('is not left to the choice of the model, until it is there', async () => {
    const own = watched()
    const llm = made({ gateway: own })
    const messages = [...hello]
    const responseFormat = z.object({ name: z.string() })
    const { newMessages } = await llm.exec({ messages, responseFormat })
    await llm.exec({ messages: [...messages, ...(newMessages as typeof messages)], responseFormat })
    expect(own.asked.map(({ request }) => request.tool_choice)).toEqual([
      { type: 'function', function: { name: 'format_output' } },
      undefined,
    ])
  })

  test('may be asked for as the wire has it', async () => {
    const own = watched()
    await made({ gateway: own }).chat({ messages: hello, responseFormat: { type: 'json_object' } })
    expect(own.asked[0]?.request.response_format).toEqual({ type: 'json_object' })
  })
})

describe('messages', () => {
  const toolCall = [{ id: '1', name: 'a', input: { x: 1 } }]
  const onTheWire = [{ id: '1', type: 'function', function: { name: 'a', arguments: '{"x":1}' } }]

  test.each([
    { message: { role: 'system' as const, content: 'Be kind.' }, sent: { role: 'system', content: 'Be kind.' } },
    { message: { role: 'memory' as const, content: 'Before.' }, sent: { role: 'system', content: 'Before.' } },
    {
      message: { role: 'assistant' as const, content: '', options: { toolCall } },
      sent: { role: 'assistant', content: '', tool_calls: onTheWire },
    },
    {
      message: {
        role: 'assistant' as const,
        content: 'Yes',
        options: { toolCall: [{ id: '1', name: 'a', input: '{"x":1}' }] },
      },
      sent: { role: 'assistant', content: 'Yes', tool_calls: onTheWire },
    },
    {
      message: { role: 'assistant' as const, content: 'Yes', options: { reasoning: 'Hm.' } },
      sent: { role: 'assistant', content: 'Yes', reasoning_content: 'Hm.' },
    },
    {
      message: {
        role: 'user' as const,
        content: 'Three.',
        options: { toolResult: { id: '1', result: 'Three.', isError: false } },
      },
      sent: { role: 'tool', tool_call_id: '1', content: 'Three.' },
    },
  ])('$message.role: $sent', ({ message, sent }) => {
    expect(toChatMessages([message])).toEqual([sent])
  })

  test.each<{ what: string; part: Exclude<MessageContent, string>[number]; sent: object }>([
    {
      what: 'an address',
      part: { type: 'image_url', image_url: { url: 'https://x/a.png' } },
      sent: { type: 'image_url', image_url: { url: 'https://x/a.png' } },
    },
    {
      what: 'an address with a detail',
      part: { type: 'image_url', image_url: { url: 'data:,' }, detail: 'low' },
      sent: { type: 'image_url', image_url: { url: 'data:,', detail: 'low' } },
    },
    {
      what: 'base64',
      part: { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      sent: { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    },
    {
      what: 'a sound',
      part: { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      sent: { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
    },
    {
      what: 'a file',
      part: { type: 'file', data: 'AAAA', mimeType: 'application/pdf' },
      sent: { type: 'file', file: { filename: 'file', file_data: 'data:application/pdf;base64,AAAA' } },
    },
  ])('a part as $what', ({ part, sent }) => {
    expect(toChatMessages([{ role: 'user', content: [{ type: 'text', text: 'Look:' }, part] }])).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Look:' }, sent] },
    ])
  })

  test('a video is refused', () => {
    const content = [{ type: 'video' as const, data: 'AAAA', mimeType: 'video/mp4' }]
    expect(() => toChatMessages([{ role: 'user', content }])).toThrow(TypeError)
  })
})

describe('callbacks', () => {
  test.each([false, true])('hear of start and end, streamed: %p', async (stream) => {
    const heard: string[] = []
    const starts = ({ detail }: { detail: { messages: unknown } }) =>
      void heard.push(`start ${JSON.stringify(detail.messages)}`)
    const ends = ({ detail }: { detail: { response: { message: { content: MessageContent } } } }) =>
      void heard.push(`end ${String(detail.response.message.content).slice(0, 8)}`)
    Settings.callbackManager.on('llm-start', starts)
    Settings.callbackManager.on('llm-end', ends)
    const answer = await made().chat({ messages: hello, stream: stream as never })
    if (stream) await all(answer as unknown as AsyncIterable<ChatResponseChunk>)
    await new Promise((resolve) => setImmediate(resolve))
    Settings.callbackManager.off('llm-start', starts)
    Settings.callbackManager.off('llm-end', ends)
    expect(heard).toEqual([`start ${JSON.stringify(hello)}`, 'end You said'])
  })
})

describe('limits of the gateway', () => {
  test('hold for calls made at once, and say of what they refuse which they were', async () => {
    const limited = createGateway({ config: {}, limits: [{ usd: '0.002', window: 'day' }] })
    const llm = made({ gateway: limited, maxTokens: 50 })
    const answers = await Promise.allSettled(Array.from({ length: 50 }, () => llm.chat({ messages: hello })))
    const refused = answers.filter((one) => one.status === 'rejected')
    expect(refused.length).toBeLessThan(50)
    for (const { reason } of refused)
      expect(reason).toMatchObject({ name: 'SpekaError', code: 'insufficient_quota', limit: { limit: '0.002' } })
    const [{ spent = '' } = {}] = await limited.limits()
    expect(Number(spent)).toBeGreaterThan(0)
    expect(Number(spent)).toBeLessThanOrEqual(0.002)
  })

  test('count the customer that the request names', async () => {
    const limited = createGateway({ config: {}, limits: [{ rpm: 1, subject: { each: 'customer' } }] })
    const llm = made({ gateway: limited, additionalChatOptions: { user: 'ann' } })
    await llm.chat({ messages: hello })
    await expect(llm.chat({ messages: hello })).rejects.toMatchObject({ code: 'rate_limit_exceeded' })
    await made({ gateway: limited, additionalChatOptions: { user: 'bob' } }).chat({ messages: hello })
  })
})
