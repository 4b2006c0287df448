import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type AIMessageChunk } from '@langchain/core/messages'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { RunnableLambda, RunnablePassthrough } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { toJsonSchema } from '@langchain/core/utils/json_schema'
import { FakeVectorStore } from '@langchain/core/utils/testing'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { createGateway } from '@speka/core/node'
import { ChatSpeka, SpekaCostHandler, SpekaEmbeddings, type ChatSpekaFields } from '@speka/langchain'
import { z } from 'zod'
import { spawnGateway, type Gateway as Server } from './support/spawn-gateway.ts'

const adding = z
  .object({ a: z.number().describe('The first.'), b: z.number().describe('The second.') })
  .describe('Adds.')
const add = tool(({ a, b }) => `${a + b}`, { name: 'add', description: 'Adds two numbers.', schema: adding })
const call = { id: 'call_1', name: 'add', args: { a: 1, b: 2 }, type: 'tool_call' as const }
const prompt = ChatPromptTemplate.fromMessages([
  ['system', 'You always call {name}.'],
  ['human', 'What is 1836281973 and 19973286?'],
])

const documents = [
  { pageContent: 'The cat sleeps on the warm window sill all day long.', metadata: { name: 'cat' } },
  { pageContent: 'Invoices are sent on the first day of every month.', metadata: { name: 'invoices' } },
  { pageContent: 'The gateway falls back to another model when one fails.', metadata: { name: 'fallback' } },
]

async function wholeOf(stream: Promise<AsyncIterable<AIMessageChunk>>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined
  for await (const chunk of await stream) whole = whole === undefined ? chunk : whole.concat(chunk)
  if (whole === undefined) throw new Error('nothing was streamed')
  return whole
}

let server: Server

beforeAll(async () => {
  server = await spawnGateway()
})
afterAll(() => server?.close())

const connections = [
  { where: 'in process', connection: () => ({ gateway: createGateway({ config: {} }) }) },
  { where: 'through a server', connection: () => ({ apiKey: server.key, baseURL: server.baseURL }) },
]

test('headers of its own reach the server, and so do those of embeddings', async () => {
  const heard: IncomingHttpHeaders[] = []
  const listener = createServer((request, response) => {
    heard.push(request.headers)
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  const fields = {
    model: 'a/b',
    apiKey: 'sk-speka-test-headers',
    baseURL: `http://127.0.0.1:${port}/v1`,
    headers: { 'X-Speka-Customer': 'c-1' },
  }
  await expect(new ChatSpeka(fields).invoke('Hello')).rejects.toMatchObject({ name: 'SpekaModelError' })
  await expect(new SpekaEmbeddings(fields).embedQuery('Hello')).rejects.toMatchObject({ name: 'SpekaModelError' })
  expect(heard).toMatchObject(
    Array.from({ length: 2 }, () => ({ 'x-speka-customer': 'c-1', authorization: `Bearer ${fields.apiKey}` })),
  )
  listener.close()
})

/** What LangChain expects of every provider, as its documentation describes it. */
describe.each(connections)('$where', ({ connection }) => {
  const made = (fields: ChatSpekaFields = {}) => new ChatSpeka({ model: 'speka/sandbox', ...connection(), ...fields })
  const withTools = () => made().bindTools([add])

  test('invoke, stream and batch answer in text', async () => {
    expect((await made().invoke('Hello')).text).toContain('Hello')
    expect((await wholeOf(made().stream('Hello'))).text).toContain('Hello')
    expect((await made().batch(['Hello', 'Hey'])).map(({ text }) => text !== '')).toEqual([true, true])
  })

  test('a conversation may have a role twice in a row', async () => {
    const twice = [
      new SystemMessage('Be kind.'),
      new SystemMessage('Be brief.'),
      new HumanMessage('Hi'),
      new HumanMessage('Hi'),
    ]
    const answer = await made().invoke([
      ...twice,
      new AIMessage('Hello'),
      new AIMessage('Hello'),
      new HumanMessage('And you?'),
    ])
    expect(answer.text).toContain('And you?')
  })

  test('usage and the model are told, of an answer and of a stream', async () => {
    for (const answer of [await made().invoke('Hello'), await wholeOf(made().stream('Hello'))]) {
      expect(answer.response_metadata).not.toHaveProperty('cost_estimated')
      expect(answer.usage_metadata).toMatchObject({
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
        input_token_details: { cache_read: 0 },
        output_token_details: { reasoning: 0 },
      })
      expect(answer.response_metadata).toMatchObject({ model: 'speka/sandbox', cost: expect.stringMatching(/^0\.0/) })
    }
  })

  test('the provider and all attempts are told, of an answer and of a stream', async () => {
    const model = made({ model: 'speka/sandbox:500', models: ['speka/sandbox'] })
    for (const answer of [await model.invoke('Hello'), await wholeOf(model.stream('Hello'))]) {
      expect(answer.response_metadata).toMatchObject({
        provider: 'sandbox',
        attempts: [
          { model: 'speka/sandbox:500', provider: 'sandbox', outcome: 'transient', status: 500 },
          { model: 'speka/sandbox', provider: 'sandbox', outcome: 'answered' },
        ],
      })
    }
  })

  test('a cost that is an estimate says so, of an answer and of a stream', async () => {
    const model = made({ model: 'speka/sandbox:nousage' })
    for (const answer of [await model.invoke('Hello'), await wholeOf(model.stream('Hello'))]) {
      expect(answer.response_metadata).toMatchObject({ cost: expect.any(String), cost_estimated: true })
    }
  })

  test('a stop ends the answer', async () => {
    expect((await made().invoke('Hello', { stop: ['sandbox'] })).text).not.toContain('sandbox')
    expect((await made({ stop: ['sandbox'] }).invoke('Hello')).text).not.toContain('sandbox')
  })

  test.each([
    { what: 'a tool', given: add },
    {
      what: 'a tool as OpenAI has it',
      given: { type: 'function', function: { name: 'add', description: 'Adds.', parameters: toJsonSchema(adding) } },
    },
    {
      what: 'a runnable as a tool',
      given: RunnableLambda.from(() => '3').asTool({ name: 'add', description: 'Adds.', schema: adding }),
    },
    { what: 'parameters of a tool', given: { name: 'add', description: 'Adds.', schema: adding } },
  ])('$what is called, at once and streamed', async ({ given }) => {
    const model = made().bindTools([given as never])
    for (const answer of [
      await prompt.pipe(model).invoke({ name: 'add' }),
      await wholeOf(prompt.pipe(model).stream({ name: 'add' }) as Promise<AsyncIterable<AIMessageChunk>>),
    ]) {
      expect(answer.tool_calls).toEqual([
        {
          id: expect.any(String),
          name: 'add',
          args: { a: expect.any(Number), b: expect.any(Number) },
          type: 'tool_call',
        },
      ])
    }
  })

  test.each([
    { what: 'a text', content: '' },
    {
      what: 'a list of parts',
      content: [
        { type: 'text' as const, text: 'Let me add.' },
        { type: 'tool_use', id: 'call_1', name: 'add', input: call.args },
      ],
    },
  ])('a history with tools goes on from $what', async ({ content }) => {
    const history = [
      new HumanMessage('What is 1 + 2?'),
      new AIMessage({ content, tool_calls: [call] }),
      new ToolMessage('3', 'call_1', 'add'),
    ]
    expect((await withTools().invoke(history)).text).toContain('add answered: 3')
  })

  test('a history of several calls at once goes on', async () => {
    const calls = [call, { ...call, id: 'call_2' }]
    const results = calls.map(({ id }) => new ToolMessage('3', id, 'add'))
    const answer = await withTools().invoke([
      new HumanMessage('Add!'),
      new AIMessage({ content: '', tool_calls: calls }),
      ...results,
    ])
    expect(answer.tool_calls).toEqual([])
    expect(answer.text).not.toBe('')
  })

  test('examples may come before the question', async () => {
    const example = [
      new HumanMessage('1 + 2?'),
      new AIMessage({ content: '', tool_calls: [call] }),
      new ToolMessage('3', 'call_1', 'add'),
      new AIMessage('3'),
    ]
    expect((await withTools().invoke([...example, new HumanMessage('3 + 4?')])).tool_calls).toHaveLength(1)
  })

  test('a call that was streamed can be answered', async () => {
    const asking = await wholeOf(withTools().stream('Add!'))
    const result = new ToolMessage('3', asking.tool_calls?.[0]?.id ?? '', 'add')
    expect((await wholeOf(withTools().stream([new HumanMessage('Add!'), asking, result]))).text).toContain(
      'add answered: 3',
    )
  })

  test('an answer in blocks can be gone on from', async () => {
    const asking = await made({ outputVersion: 'v1' }).bindTools([add]).invoke('Add!')
    const result = new ToolMessage('3', asking.tool_calls?.[0]?.id ?? '', 'add')
    expect((await withTools().invoke([new HumanMessage('Add!'), asking, result])).text).toContain('add answered: 3')
  })

  test('retrieval finds the right text, and the model gets it, streamed', async () => {
    const costs = new SpekaCostHandler()
    const embeddings = new SpekaEmbeddings({ model: 'speka/sandbox', ...connection(), costs })
    const store = await FakeVectorStore.fromDocuments(documents, embeddings)
    const found = await store.similaritySearch('What happens when a model fails?', 1)
    expect(found[0]?.metadata).toEqual({ name: 'fallback' })

    const chain = RunnablePassthrough.assign({
      context: async ({ question }: { question: string }) =>
        (await store.similaritySearch(question, 1))[0]?.pageContent,
    })
      .pipe(ChatPromptTemplate.fromTemplate('Answer by this: {context}\nThe question: {question}'))
      .pipe(made())
      .pipe(new StringOutputParser())
    const pieces: string[] = []
    const asked = { question: 'What happens when a model fails?' }
    for await (const piece of await chain.stream(asked, { callbacks: [costs] })) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(10)
    expect(pieces.join('')).toContain('falls back to another model')
    expect(costs.calls).toBe(4)
    expect(Number(costs.totalUsd)).toBeGreaterThan(0)
  })
})

const remote = (fields: ChatSpekaFields = {}) =>
  new ChatSpeka({ model: 'speka/sandbox', apiKey: server.key, baseURL: server.baseURL, ...fields })

const recordOf = async (id: unknown): Promise<Record<string, unknown>> => {
  const headers = { authorization: `Bearer ${server.key}` }
  return (await (await fetch(`${server.baseURL}/generation?id=${String(id)}`, { headers })).json()) as Record<
    string,
    unknown
  >
}

describe('through a server', () => {
  test('the record of an answer is found by the id in its metadata, and costs the same', async () => {
    const { response_metadata: told } = await remote({ metadata: { team: 'search' } }).invoke('Hello')
    expect(await recordOf(told['id'])).toMatchObject({
      cost_details: { total: told['cost'] },
      metadata: { team: 'search' },
    })
  })

  test.each([
    {
      what: 'a wrong key',
      fields: { apiKey: 'sk-speka-live-nobodys' },
      code: 'invalid_api_key',
      status: 401,
      langChain: 'MODEL_AUTHENTICATION',
    },
    {
      what: 'an unknown model',
      fields: { model: 'speka/sandbux' },
      code: 'model_not_found',
      status: 404,
      langChain: 'MODEL_NOT_FOUND',
    },
    {
      what: 'a failed upstream',
      fields: { model: 'speka/sandbox:500' },
      code: 'upstream_error',
      status: 502,
      langChain: undefined,
    },
    {
      what: 'a limit of cost',
      fields: { maxCostUsd: '0.0000001' },
      code: 'cost_limit_exceeded',
      status: 402,
      langChain: undefined,
    },
  ])("$what is the server's $code", async ({ fields, code, status, langChain }) => {
    for (const run of [() => remote(fields).invoke('Hello'), () => wholeOf(remote(fields).stream('Hello'))]) {
      const error: unknown = await run().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        name: 'SpekaModelError',
        code,
        status,
        lc_error_code: langChain,
        requestId: expect.any(String),
      })
    }
  })

  test('a cap is kept there too', async () => {
    const costs = new SpekaCostHandler({ maxCostUsd: '0.0001' })
    const run = Promise.allSettled(
      Array.from({ length: 30 }, () => remote({ maxTokens: 50 }).invoke('Hello', { callbacks: [costs] })),
    )
    const refused = (await run).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(30)
    expect(new Set(refused.map(({ reason }) => reason.name))).toEqual(new Set(['SpekaSpendCapError']))
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.0001)
  })

  test('a fallback happens there', async () => {
    const { response_metadata: told } = await remote({ model: 'speka/sandbox:503', models: ['speka/sandbox'] }).invoke(
      'Hello',
    )
    expect(told).toMatchObject({ model: 'speka/sandbox' })
    expect((await recordOf(told['id']))['attempts']).toHaveLength(2)
  })
})

describe("LangChain's own models for OpenAI, with the gateway as their fetch", () => {
  const { fetch } = createGateway({ config: {} })

  test('chat, and its cost', async () => {
    const costs = new SpekaCostHandler()
    const model = new ChatOpenAI({
      model: 'speka/sandbox',
      apiKey: 'unused',
      configuration: { fetch },
      callbacks: [costs],
    })
    expect((await model.invoke('Hello!')).text).toContain('Hello!')
    expect(costs).toMatchObject({ calls: 1, totalUsd: '0.0000044' })
  })

  test('embed', async () => {
    const embeddings = new OpenAIEmbeddings({ model: 'speka/sandbox', apiKey: 'unused', configuration: { fetch } })
    expect(await embeddings.embedQuery('Hello!')).toHaveLength(256)
  })
})
