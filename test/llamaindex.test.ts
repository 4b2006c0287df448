import { agent, agentStreamEvent, agentToolCallEvent } from '@llamaindex/workflow'
import { createGateway, type UsageRecord } from '@speka/core/node'
import { SpekaEmbedding, SpekaLLM, type SpekaLLMOptions } from '@speka/llamaindex'
import { Document, Settings, tool, VectorStoreIndex } from 'llamaindex'
import { z } from 'zod'
import { event, json, startScriptedUpstream, streamHead } from './support/scripted-upstream.ts'
import { spawnGateway, type Gateway as Server } from './support/spawn-gateway.ts'

const texts = [
  'The cat sleeps on the warm window sill all day long.',
  'Invoices are sent on the first day of every month.',
  'The gateway falls back to another model when one fails.',
]
const question = 'What happens when a model fails?'
const answered = 'falls back to another model'

const asked: string[] = []
const weather = tool({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => {
    asked.push(city)
    return `It is sunny in ${city}.`
  },
})

beforeEach(() => void asked.splice(0))

let server: Server

beforeAll(async () => {
  server = await spawnGateway()
})
afterAll(() => server?.close())

const connections = [
  { where: 'in process', connection: () => ({ gateway: createGateway({ config: {} }) }) },
  { where: 'through a server', connection: () => ({ apiKey: server.key, baseURL: server.baseURL }) },
]

describe.each(connections)('$where', ({ connection }) => {
  const made = (more: Partial<SpekaLLMOptions> = {}) =>
    new SpekaLLM({ model: 'speka/sandbox', ...connection(), ...more })

  beforeEach(() => {
    Settings.llm = made()
    Settings.embedModel = new SpekaEmbedding({ model: 'speka/sandbox', ...connection() })
  })

  test('documents are found, and the model answers by them in one call', async () => {
    let calls = 0
    const count = () => void (calls += 1)
    Settings.callbackManager.on('llm-end', count)
    const index = await VectorStoreIndex.fromDocuments(texts.map((text) => new Document({ text })))
    const engine = index.asQueryEngine({ similarityTopK: 1 })
    const { message, sourceNodes } = await engine.query({ query: question })
    expect(message.content).toContain(answered)
    expect(sourceNodes?.[0]?.node.getContent('NONE' as never)).toContain(answered)
    await new Promise((resolve) => setImmediate(resolve))
    Settings.callbackManager.off('llm-end', count)
    expect(calls).toBe(1)
  })

  test('an answer by documents is streamed', async () => {
    const index = await VectorStoreIndex.fromDocuments(texts.map((text) => new Document({ text })))
    const pieces: string[] = []
    for await (const { delta } of await index
      .asQueryEngine({ similarityTopK: 1 })
      .query({ query: question, stream: true }))
      pieces.push(delta)
    expect(pieces.length).toBeGreaterThan(10)
    expect(pieces.join('')).toContain(answered)
  })

  test('an agent calls its tool, and answers', async () => {
    const { data } = await agent({ llm: made(), tools: [weather] }).run('What is the weather in Paris?')
    expect(asked).toHaveLength(1)
    expect(data.result).toContain('get_weather answered: It is sunny')
  })

  test('an agent streams', async () => {
    const words: string[] = []
    const tools: string[] = []
    for await (const told of agent({ llm: made(), tools: [weather] }).runStream('What is the weather in Paris?')) {
      if (agentStreamEvent.include(told)) words.push(told.data.delta)
      if (agentToolCallEvent.include(told)) tools.push(told.data.toolName)
    }
    expect(tools).toEqual(['get_weather'])
    expect(words.join('')).toContain('It is sunny')
  })

  test('an agent falls back before the first token', async () => {
    const llm = made({ model: 'speka/sandbox:503', models: ['speka/sandbox'] })
    const { data } = await agent({ llm, tools: [weather] }).run('What is the weather in Paris?')
    expect(data.result).toContain('It is sunny')
  })

  test('an agent answers in the shape of a schema', async () => {
    const schema = z.object({ city: z.string(), degrees: z.number() })
    const { data } = await agent({ llm: made(), tools: [weather] }).run('What is the weather in Paris?', {
      responseFormat: schema,
    })
    expect(data.object).toEqual({ city: expect.any(String), degrees: expect.any(Number) })
  })
})

test('every call is recorded with its cost, which adds up', async () => {
  const records: UsageRecord[] = []
  const gateway = createGateway({ config: {}, onUsage: (record) => void records.push(record) })
  await agent({ llm: new SpekaLLM({ model: 'speka/sandbox', gateway }), tools: [weather] }).run(
    'What is the weather in Paris?',
  )
  expect(records.map(({ charge }) => charge)).toEqual([expect.any(BigInt), expect.any(BigInt)])
})

test.each([
  { what: 'a wrong key', options: { apiKey: 'sk-speka-live-nobodys' }, code: 'invalid_api_key', status: 401 },
  { what: 'a limit of cost', options: { maxCostUsd: '0.0000001' }, code: 'cost_limit_exceeded', status: 402 },
])("$what is the server's $code", async ({ options, code, status }) => {
  const llm = new SpekaLLM({ model: 'speka/sandbox', apiKey: server.key, baseURL: server.baseURL, ...options })
  await expect(llm.chat({ messages: [{ role: 'user', content: 'Hi' }] })).rejects.toMatchObject({
    code,
    status,
    requestId: expect.any(String),
  })
})

describe('with an upstream that does as it is told', () => {
  const messages = [{ role: 'user' as const, content: 'Hi' }]

  test('a stream that breaks in the middle fails, after what had arrived', async () => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
    const said = (content: string) =>
      event({ ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
    const upstream = await startScriptedUpstream([streamHead, said('It is'), said(' sunny'), { sleepMs: 10 }, 'reset'])
    const gateway = createGateway({
      config: {
        providers: { local: { type: 'vllm', base_url: upstream.baseURL } },
        models: { m: { targets: [{ provider: 'local' }] } },
      },
    })
    const words: string[] = []
    const reading = (async () => {
      for await (const { delta } of await new SpekaLLM({ model: 'm', gateway }).chat({ messages, stream: true }))
        words.push(delta)
    })()
    await expect(reading).rejects.toMatchObject({ name: 'SpekaError', status: 502 })
    expect(words.join('')).toBe('It is sunny')
    await upstream.close()
  })

  test('a tool that the provider refuses is an error that names it', async () => {
    const error = {
      message: 'Invalid schema for function get_weather.',
      type: 'invalid_request_error',
      param: 'tools[0]',
      code: null,
    }
    const upstream = await startScriptedUpstream(json({ error }, 400))
    const gateway = createGateway({
      config: {
        providers: { local: { type: 'vllm', base_url: upstream.baseURL } },
        models: { m: { targets: [{ provider: 'local' }] } },
      },
    })
    await expect(new SpekaLLM({ model: 'm', gateway }).chat({ messages, tools: [weather] })).rejects.toMatchObject({
      status: 400,
      param: 'tools[0]',
    })
    await upstream.close()
  })
})
