import { AIMessage, HumanMessage, type AIMessageChunk } from '@langchain/core/messages'
import { jest } from '@jest/globals'
import { createGateway, type UsageRecord } from '@speka/core/node'
import { ChatSpeka } from './chat-speka.ts'
import { gatewaySaying, gatewayStreaming, watchedGateway } from './gateway.fake.ts'
import { SpekaCostHandler } from './speka-cost-handler.ts'

const sandbox = 'speka/sandbox'
const made = (more = {}) => new ChatSpeka({ model: sandbox, gateway: createGateway({ config: {} }), ...more })

async function chunksOf(stream: Promise<AsyncIterable<AIMessageChunk>>): Promise<AIMessageChunk[]> {
  const chunks: AIMessageChunk[] = []
  for await (const chunk of await stream) chunks.push(chunk)
  return chunks
}

const together = (chunks: readonly AIMessageChunk[]): AIMessageChunk =>
  chunks.slice(1).reduce((whole, chunk) => whole.concat(chunk), chunks[0]!)

const metadata = {
  model_provider: 'speka',
  model: sandbox,
  model_name: sandbox,
  id: expect.stringMatching(/^chatcmpl-/),
  finish_reason: 'stop',
  usage: { total_tokens: 25, cost_details: { total: '0.0000044' } },
  cost: '0.0000044',
  attempts: [{ model: sandbox, provider: 'sandbox', outcome: 'answered', status: 200 }],
  provider: 'sandbox',
  request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
}
const usage = { input_tokens: 6, output_tokens: 19, total_tokens: 25 }

const call = (args: string) => ({ id: args, type: 'function' as const, function: { name: 'f', arguments: args } })
const piece = (args: string, more = {}) => ({ tool_calls: [{ index: 0, function: { arguments: args }, ...more }] })

/** The first record, once there is one. */
const until = async (records: readonly UsageRecord[]): Promise<UsageRecord | undefined> => {
  while (records.length === 0) await new Promise((resolve) => setImmediate(resolve))
  return records[0]
}

describe('an answer', () => {
  test('says what was said, who said it, what it used and what it cost', async () => {
    const answer = await made().invoke('Hello!')
    expect(answer).toBeInstanceOf(AIMessage)
    expect(answer.text).toContain('You said: "Hello!"')
    expect(answer.response_metadata).toMatchObject(metadata)
    expect(answer.usage_metadata).toMatchObject(usage)
  })

  test('names the model that answered in place of the one asked for, and every attempt', async () => {
    const model = made({ model: 'speka/sandbox:503', models: [sandbox] })
    const { response_metadata: told } = await model.invoke('Hello!')
    expect(told).toMatchObject({ model: sandbox, model_name: sandbox })
    expect(told['attempts']).toMatchObject([
      { model: 'speka/sandbox:503', outcome: 'transient', status: 503 },
      { model: sandbox, outcome: 'answered' },
    ])
  })

  test('has an id of its own, even where the upstream repeats its', async () => {
    const model = new ChatSpeka({ model: 'x', gateway: gatewaySaying({ content: 'Hi' }) })
    const [first, second] = [await model.invoke('?'), await model.invoke('?')]
    expect(first.id).not.toBe(second.id)
    expect([first, second].map(({ response_metadata: told }) => told['id'])).toEqual(Array(2).fill('chatcmpl-fake'))
  })

  test('survives JSON whole, whatever an attempt cost', async () => {
    const answer = await new ChatSpeka({ model: 'x', gateway: gatewaySaying({ content: 'Hi' }) }).invoke('?')
    const { kwargs } = JSON.parse(JSON.stringify(answer))
    expect(kwargs).toMatchObject({
      content: 'Hi',
      usage_metadata: { total_tokens: 5 },
      response_metadata: { cost: '0.000001', attempts: [{ cost: '0.000000000007' }] },
    })
  })

  test('of unknown cost and usage says neither', async () => {
    const gateway = gatewaySaying({ content: 'Hi' }, { usage: undefined as never }, { cost: undefined })
    const { response_metadata: told, usage_metadata: counts } = await made({ gateway }).invoke('?')
    expect(told).not.toHaveProperty('cost')
    expect(told).not.toHaveProperty('usage')
    expect(counts).toBeUndefined()
  })

  test.each(['invoke', 'stream'] as const)(
    'whose usage nobody told says that its cost is an estimate: %s',
    async (way) => {
      const costs = new SpekaCostHandler()
      const model = made({ model: 'speka/sandbox:nousage', callbacks: [costs] })
      const answer = way === 'invoke' ? await model.invoke('Hello!') : together(await chunksOf(model.stream('Hello!')))
      expect(answer.response_metadata).toMatchObject({
        cost: expect.any(String),
        cost_estimated: true,
        usage: { estimated: true },
      })
      expect(costs).toMatchObject({ calls: 1, callsOfEstimatedCost: 1, callsOfUnknownCost: 0 })
      expect((await made().invoke('Hello!')).response_metadata).not.toHaveProperty('cost_estimated')
    },
  )

  test('may be given several times', async () => {
    const { generations, llmOutput } = await made({ n: 2 }).generate([[new HumanMessage('Hello!')]])
    expect(generations[0]).toHaveLength(2)
    expect(llmOutput).toMatchObject({ tokenUsage: { promptTokens: 6 } })
  })

  test('keeps tool calls that are not JSON apart', async () => {
    const gateway = gatewaySaying({ tool_calls: [call('{"a":1}'), call('{"a":')] })
    const answer = await new ChatSpeka({ model: 'x', gateway }).invoke('?')
    expect(answer.tool_calls).toMatchObject([{ name: 'f', args: { a: 1 }, id: '{"a":1}' }])
    expect(answer.invalid_tool_calls).toMatchObject([{ name: 'f', args: '{"a":' }])
  })

  test('calls a function with no arguments at all as one with an empty object', async () => {
    const answer = await new ChatSpeka({ model: 'x', gateway: gatewaySaying({ tool_calls: [call('')] }) }).invoke('?')
    expect(answer.tool_calls).toMatchObject([{ name: 'f', args: {} }])
    expect(answer.invalid_tool_calls).toEqual([])
  })

  test('with nothing but a broken call is complained of once', async () => {
    const complaining = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const answer = await new ChatSpeka({ model: 'x', gateway: gatewaySaying({ tool_calls: [call('{"a')] }) }).invoke(
      '?',
    )
    expect(answer.invalid_tool_calls).toMatchObject([{ name: 'f', args: '{"a', error: expect.any(String) }])
    expect(complaining).toHaveBeenCalledTimes(1)
    complaining.mockRestore()
  })

  test.each(['reasoning_content', 'reasoning'])('shows what the model thought, told as %s', async (field) => {
    const gateway = gatewaySaying({ content: '42', [field]: 'Six times seven.' })
    const answer = await new ChatSpeka({ model: 'x', gateway }).invoke('?')
    expect(answer.content).toBe('42')
    expect(answer.additional_kwargs['reasoning_content']).toBe('Six times seven.')
    expect(answer.contentBlocks).toEqual([
      { type: 'reasoning', reasoning: 'Six times seven.' },
      { type: 'text', text: '42' },
    ])
  })

  test('in version 1 has its reasoning among its content', async () => {
    const gateway = gatewaySaying({ content: '42', reasoning_content: 'Six times seven.' })
    const answer = await new ChatSpeka({ model: 'x', gateway, outputVersion: 'v1' }).invoke('?')
    expect(answer.content).toMatchObject([{ type: 'reasoning' }, { type: 'text', text: '42' }])
  })

  test('that the model refused to give says so', async () => {
    const gateway = gatewaySaying({ refusal: 'I would rather not.' })
    const answer = await new ChatSpeka({ model: 'x', gateway }).invoke('?')
    expect(answer.contentBlocks).toContainEqual({ type: 'refusal', refusal: 'I would rather not.' })
  })

  test('is put together from a stream when that is wanted', async () => {
    const gateway = watchedGateway()
    const answer = await made({ gateway, streaming: true }).invoke('Hello!')
    expect(gateway.asked[0]?.request).toHaveProperty('stream_options')
    expect(answer.text).toContain('You said: "Hello!"')
    expect(answer.response_metadata).toMatchObject(metadata)
  })
})

describe('a stream', () => {
  test('says in pieces what an answer says, and once what it used and cost', async () => {
    const chunks = await chunksOf(made().stream('Hello!'))
    expect(chunks.length).toBeGreaterThan(10)
    expect(together(chunks).text).toBe((await made().invoke('Hello!')).text)
    for (const field of ['id', 'model', 'model_name', 'cost', 'usage', 'finish_reason', 'attempts']) {
      expect(chunks.filter((chunk) => field in chunk.response_metadata)).toHaveLength(1)
    }
    expect(chunks.filter((chunk) => chunk.usage_metadata !== undefined)).toHaveLength(1)
    expect(together(chunks).response_metadata).toMatchObject(metadata)
    expect(together(chunks).usage_metadata).toMatchObject(usage)
  })

  test('is one message, by its id', async () => {
    const chunks = await chunksOf(made().stream('Hello!'))
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  test('can do without usage', async () => {
    const gateway = watchedGateway()
    const whole = together(await chunksOf(made({ gateway, streamUsage: false }).stream('Hello!')))
    expect(gateway.asked[0]?.request).not.toHaveProperty('stream_options')
    expect(whole.usage_metadata).toBeUndefined()
    expect(whole.response_metadata).toMatchObject({ model: sandbox, cost: '0.0000044' })
  })

  test('is one answer, even where several are wanted', async () => {
    const gateway = watchedGateway()
    await chunksOf(made({ gateway, n: 3 }).stream('Hello!'))
    expect(gateway.asked[0]?.request).not.toHaveProperty('n')
  })

  test('shows what the model thinks', async () => {
    const gateway = gatewayStreaming([
      { role: 'assistant' },
      { reasoning_content: 'Six ' },
      { reasoning: 'times.' },
      { content: '42' },
    ])
    const chunks = await chunksOf(new ChatSpeka({ model: 'x', gateway }).stream('?'))
    expect(chunks[0]?.contentBlocks).toEqual([{ type: 'reasoning', reasoning: 'Six ' }])
    expect(together(chunks).contentBlocks).toEqual([
      { type: 'reasoning', reasoning: 'Six times.' },
      { type: 'text', text: '42' },
    ])
  })

  test('puts tool calls together that come in pieces', async () => {
    const first = { id: 'call_1', type: 'function' as const, function: { name: 'f', arguments: '{"a"' } }
    const gateway = gatewayStreaming([piece('', first), piece(':'), piece('1}')], 'tool_calls')
    const whole = together(await chunksOf(new ChatSpeka({ model: 'x', gateway }).stream('?')))
    expect(whole.tool_calls).toMatchObject([{ id: 'call_1', name: 'f', args: { a: 1 } }])
    expect(whole.response_metadata['finish_reason']).toBe('tool_calls')
  })

  test('that breaks throws after what had arrived', async () => {
    const told: string[] = []
    const reading = (async () => {
      for await (const chunk of await made({ model: 'speka/sandbox:cut@5' }).stream('Hello!')) told.push(chunk.text)
    })()
    await expect(reading).rejects.toMatchObject({ name: 'SpekaModelError', status: 502 })
    expect(told.length).toBeGreaterThan(2)
  })

  test('falls back before its first output', async () => {
    const model = made({ model: 'speka/sandbox:error@0', models: [sandbox] })
    expect(together(await chunksOf(model.stream('Hello!'))).response_metadata).toMatchObject({ model: sandbox })
  })
})

describe('whoever leaves', () => {
  const slow = 'speka/sandbox:slow'
  test('closes the upstream by leaving the loop', async () => {
    const gateway = watchedGateway()
    for await (const _ of await made({ gateway, model: slow }).stream('Hello!')) break
    expect(await until(gateway.records)).toMatchObject({ outcome: 'cancelled' })
  })

  test('closes the upstream by an abort in the middle', async () => {
    const gateway = watchedGateway()
    const leaving = new AbortController()
    const reading = (async () => {
      const stream = await made({ gateway, model: slow }).stream('Hello!', { signal: leaving.signal })
      for await (const _ of stream) leaving.abort()
    })()
    await expect(reading).rejects.toThrow(/abort/i)
    expect(await until(gateway.records)).toMatchObject({ outcome: 'cancelled' })
  })

  test('closes the upstream by an abort while waiting for an answer', async () => {
    const gateway = watchedGateway()
    const leaving = new AbortController()
    const answer = made({ gateway, model: 'speka/sandbox:stall@0' }).invoke('Hello!', { signal: leaving.signal })
    setImmediate(() => leaving.abort())
    await expect(answer).rejects.toThrow(/abort/i)
    expect(await until(gateway.records)).toMatchObject({ outcome: 'cancelled' })
  })

  test.each([
    { way: 'invoke', ask: (model: ChatSpeka, signal: AbortSignal) => model.invoke('Hello!', { signal }) },
    { way: 'stream', ask: (model: ChatSpeka, signal: AbortSignal) => chunksOf(model.stream('Hello!', { signal })) },
  ])('before the beginning makes no call: $way', async ({ ask }) => {
    const gateway = watchedGateway()
    await expect(ask(made({ gateway }), AbortSignal.abort())).rejects.toThrow(/abort/i)
    expect(gateway.asked).toEqual([])
  })

  test("may set a time by LangChain's own option", async () => {
    const gateway = watchedGateway()
    const answer = made({ gateway, model: 'speka/sandbox:stall@0' }).invoke('Hello!', { timeout: 20 })
    await expect(answer).rejects.toThrow(/timeout|abort/i)
    expect(await until(gateway.records)).toMatchObject({ outcome: 'cancelled' })
  })

  test('may set a time beforehand', async () => {
    const answer = made({ model: 'speka/sandbox:stall@0', timeout: 20 }).invoke('Hello!')
    await expect(answer).rejects.toMatchObject({ code: 'upstream_timeout', status: 504 })
  })
})

describe('callbacks', () => {
  test('hear of every token, and of the end', async () => {
    const tokens: string[] = []
    const ends: unknown[] = []
    const callbacks = [
      {
        handleLLMNewToken: (token: string) => void tokens.push(token),
        handleLLMEnd: (output: unknown) => void ends.push(output),
      },
    ]
    const whole = together(await chunksOf(made().stream('Hello!', { callbacks })))
    expect(tokens.join('')).toBe(whole.text)
    expect(ends).toMatchObject([{ llmOutput: { tokenUsage: { totalTokens: 25 } } }])
  })

  test('hear of a failure', async () => {
    const failed = jest.fn()
    const answer = made({ model: 'speka/sandbox:500' }).invoke('?', { callbacks: [{ handleLLMError: failed }] })
    await expect(answer).rejects.toThrow('internal error')
    expect(failed.mock.calls[0]?.[0]).toMatchObject({ code: 'upstream_error' })
  })
})

test('a batch is answered in order', async () => {
  const answers = await made().batch(['one', 'two', 'three'])
  expect(answers.map(({ text }) => /"(\w+)"/.exec(text)?.[1])).toEqual(['one', 'two', 'three'])
})

test('a cached answer is not asked for again', async () => {
  const gateway = watchedGateway()
  const model = made({ gateway, cache: true })
  const first = await model.invoke('Hello, cache!')
  const second = await model.invoke('Hello, cache!')
  expect(second.text).toBe(first.text)
  expect(gateway.asked).toHaveLength(1)
  await model.invoke('Hello, cache!', { temperature: 1 })
  expect(gateway.asked).toHaveLength(2)
})

test('it works behind a proxy object, as n8n puts one around models', async () => {
  const bare = made()
  const proxy = new Proxy(bare, { get: (target, name, receiver) => Reflect.get(target, name, receiver) })
  expect((await proxy.invoke('Hello!')).text).toContain('Hello!')
})

test('tokens are counted without a vocabulary, and so without the network', async () => {
  const reaching = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'))
  expect(await made().getNumTokens('The quick brown fox jumps over the lazy dog.')).toBe(11)
  expect(reaching).not.toHaveBeenCalled()
  reaching.mockRestore()
})

test.each([{}, { model: '' }])('without a model it is not made: %p', (fields) => {
  expect(() => new ChatSpeka(fields)).toThrow('ChatSpeka needs a model')
})

test('the model may come first, or be called modelName', () => {
  expect(new ChatSpeka('a/b', { temperature: 1 })).toMatchObject({ model: 'a/b', settings: { temperature: 1 } })
  expect(new ChatSpeka({ modelName: 'a/b' }).model).toBe('a/b')
})
