import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { ToolNode } from '@langchain/langgraph/prebuilt'
import { createGateway, type Gateway } from '@speka/core/node'
import { ChatSpeka, SpekaCostHandler, SpekaSpendCapError } from '@speka/langchain'
import { createAgent, providerStrategy, toolStrategy } from 'langchain'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { event, json, startScriptedUpstream, streamHead, type ScriptedUpstream } from './support/scripted-upstream.ts'

const sandbox = createGateway({ config: {} })
const question = { messages: [{ role: 'user', content: 'What is the weather in Paris?' }] }

const asked: string[] = []
const weather = tool(
  ({ city }: { city: string }) => {
    asked.push(city)
    return `It is sunny in ${city}.`
  },
  { name: 'get_weather', description: 'The weather of a city.', schema: z.object({ city: z.string() }) },
)

beforeEach(() => void asked.splice(0))

const kindsOf = (messages: readonly BaseMessage[]): string[] => messages.map(({ type }) => type)

describe('an agent', () => {
  test('calls its tool, reads the result, and answers; what it cost is known', async () => {
    const costs = new SpekaCostHandler()
    const agent = createAgent({ model: new ChatSpeka({ model: 'speka/sandbox', gateway: sandbox }), tools: [weather] })
    const { messages } = await agent.invoke(question, { callbacks: [costs] })
    expect(kindsOf(messages)).toEqual(['human', 'ai', 'tool', 'ai'])
    expect(asked).toHaveLength(1)
    expect(messages.at(-1)?.text).toContain('get_weather answered: It is sunny')
    expect(costs.calls).toBe(2)
    const each = messages
      .filter((message) => AIMessage.isInstance(message))
      .map(({ response_metadata: told }) => told['cost'])
    expect(Number(costs.totalUsd)).toBeCloseTo(Number(each[0]) + Number(each[1]), 12)
  })

  test('streams the words of its model', async () => {
    const costs = new SpekaCostHandler()
    const agent = createAgent({ model: new ChatSpeka({ model: 'speka/sandbox', gateway: sandbox }), tools: [weather] })
    const words: string[] = []
    for await (const [message] of await agent.stream(question, { streamMode: 'messages', callbacks: [costs] })) {
      if (message.type === 'ai') words.push(message.text)
    }
    expect(words.length).toBeGreaterThan(10)
    expect(words.join('')).toContain('get_weather answered: It is sunny')
    expect(costs.calls).toBe(2)
  })

  test('streams in the protocol of content blocks, its costs included', async () => {
    const costs = new SpekaCostHandler({ maxCostUsd: 1 })
    const agent = createAgent({ model: new ChatSpeka({ model: 'speka/sandbox', gateway: sandbox }), tools: [weather] })
    const run = await agent.streamEvents(question, { version: 'v3', callbacks: [costs] })
    const texts: string[] = []
    for await (const message of run.messages) texts.push(await message.text)
    expect(texts).toEqual(['', expect.stringContaining('get_weather answered: It is sunny')])
    const { messages } = await run.output
    expect(kindsOf(messages)).toEqual(['human', 'ai', 'tool', 'ai'])
    expect(messages.at(-1)?.response_metadata).toMatchObject({ model: 'speka/sandbox', cost: expect.any(String) })
    expect(costs.calls).toBe(2)
  })

  test('falls back before the first token, in the middle of its work', async () => {
    const model = new ChatSpeka({ model: 'speka/sandbox:503', models: ['speka/sandbox'], gateway: sandbox })
    const agent = createAgent({ model, tools: [weather] })
    const { messages } = await agent.invoke(question)
    expect(messages.at(-1)?.text).toContain('It is sunny')
    expect(messages.at(-1)?.response_metadata).toMatchObject({ model: 'speka/sandbox', attempts: [{}, {}] })
  })

  test.each([
    {
      what: "the provider's own way, with zod 4",
      format: providerStrategy(z.object({ city: z.string(), degrees: z.number() })),
    },
    { what: 'a tool, with zod 4', format: toolStrategy(z.object({ city: z.string(), degrees: z.number() })) },
    {
      what: 'a tool, with zod 3',
      format: toolStrategy(z3.object({ city: z3.string(), degrees: z3.number() }) as never),
    },
    { what: 'the way that the profile allows', format: z.object({ city: z.string(), degrees: z.number() }) },
  ])('answers in the shape of a schema by $what', async ({ format }) => {
    const model = new ChatSpeka({ model: 'speka/sandbox', gateway: sandbox })
    const { structuredResponse } = await createAgent({ model, tools: [], responseFormat: format as never }).invoke(
      question,
    )
    expect(structuredResponse).toEqual({ city: expect.any(String), degrees: expect.any(Number) })
  })

  test('fails with the error of its model', async () => {
    const agent = createAgent({
      model: new ChatSpeka({ model: 'speka/sandbox:500', gateway: sandbox }),
      tools: [weather],
    })
    await expect(agent.invoke(question)).rejects.toMatchObject({ code: 'upstream_error', status: 502 })
  })
})

test('a graph of LangGraph loops through tools', async () => {
  const model = new ChatSpeka({ model: 'speka/sandbox', gateway: sandbox }).bindTools([weather])
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode('tools', new ToolNode([weather]))
    .addEdge(START, 'model')
    .addConditionalEdges('model', ({ messages }) => ((messages.at(-1) as AIMessage).tool_calls?.length ? 'tools' : END))
    .addEdge('tools', 'model')
    .compile()
  const { messages } = await graph.invoke({ messages: [new HumanMessage('What is the weather in Paris?')] })
  expect(kindsOf(messages)).toEqual(['human', 'ai', 'tool', 'ai'])
})

const head = { id: 'chatcmpl-1', created: 1, model: 'm' }
const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
const call = (id: string) => ({
  id,
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
})
const delta = (content: string) =>
  event({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
  })
const calling = (ids: readonly string[], more = {}) => ({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, tool_calls: ids.map(call), ...more },
      finish_reason: 'tool_calls',
    },
  ],
  usage,
})
const saying = (content: string) => ({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage,
})

describe('with an upstream that does as it is told', () => {
  let upstream: ScriptedUpstream
  let gateway: Gateway

  beforeAll(async () => {
    upstream = await startScriptedUpstream()
    const targets = [{ provider: 'local' }]
    gateway = createGateway({
      config: {
        providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL } },
        models: { '*': { targets, price: { input: '1', output: '2' } } },
      },
    })
  })
  afterAll(() => upstream.close())
  beforeEach(() => upstream.clear())

  const made = (fields = {}) => new ChatSpeka({ model: 'acme/agent', gateway, ...fields })

  test('an agent that never stops is stopped by its cap', async () => {
    let calls = 0
    upstream.on('acme/agent', () => json(calling([`call_${(calls += 1)}`])))
    const costs = new SpekaCostHandler({ maxCostUsd: 0.005 })
    const agent = createAgent({ model: made({ maxTokens: 200 }), tools: [weather] })
    const running = agent.invoke(question, { callbacks: [costs], recursionLimit: 1000 })
    await expect(running).rejects.toBeInstanceOf(SpekaSpendCapError)
    // 100 tokens in and 20 out cost 0.00014 USD, and a call may cost up to about 0.0009.
    expect(calls).toBeGreaterThan(10)
    expect(calls).toBeLessThan(36)
    expect(Number(costs.totalUsd)).toBeCloseTo(calls * 0.00014, 9)
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.005)
  })

  test('several agents that share a cap keep it together', async () => {
    upstream.on('acme/agent', () => json(calling(['call_1'])))
    const costs = new SpekaCostHandler({ maxCostUsd: 0.01 })
    const agent = createAgent({ model: made({ maxTokens: 200 }), tools: [weather] })
    const options = { callbacks: [costs], recursionLimit: 1000 }
    const ended = await Promise.allSettled(Array.from({ length: 8 }, () => agent.invoke(question, options)))
    expect(ended.map((end) => (end.status === 'rejected' ? end.reason.name : end.status))).toEqual(
      Array(8).fill('SpekaSpendCapError'),
    )
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.01)
    expect(Number(costs.totalUsd)).toBeGreaterThan(0.005)
  })

  test('calls of several tools at once are all made, and their results go back together', async () => {
    upstream.on('acme/agent', ({ body }) =>
      json(body.includes('"role":"tool"') ? saying('Done.') : calling(['a', 'b'])),
    )
    const { messages } = await createAgent({ model: made(), tools: [weather] }).invoke(question)
    expect(kindsOf(messages)).toEqual(['human', 'ai', 'tool', 'tool', 'ai'])
    expect(messages.filter((message) => ToolMessage.isInstance(message)).map(({ tool_call_id: id }) => id)).toEqual([
      'a',
      'b',
    ])
  })

  test('reasoning goes back with the turn that it led to', async () => {
    upstream.on('acme/agent', ({ body }) =>
      json(
        body.includes('"role":"tool"') ? saying('Done.') : calling(['a'], { reasoning_content: 'I need the weather.' }),
      ),
    )
    await createAgent({ model: made(), tools: [weather] }).invoke(question)
    expect(JSON.parse(upstream.seen[1]?.body ?? '{}').messages[1]).toMatchObject({
      role: 'assistant',
      reasoning_content: 'I need the weather.',
      tool_calls: [{ id: 'a' }],
    })
  })

  test('a stream that breaks in the middle fails the agent, and no half answer stands for a whole', async () => {
    upstream.on('acme/agent', [streamHead, delta('It is'), delta(' sunny'), { sleepMs: 10 }, 'reset'])
    const agent = createAgent({ model: made(), tools: [weather] })
    const words: string[] = []
    const running = (async () => {
      for await (const [message] of await agent.stream(question, { streamMode: 'messages' })) words.push(message.text)
    })()
    await expect(running).rejects.toMatchObject({ name: 'SpekaModelError', status: 502 })
    expect(words.join('')).toBe('It is sunny')
  })

  test('a tool whose schema the provider refuses is an error that names it', async () => {
    const error = {
      message: 'Invalid schema for function get_weather.',
      type: 'invalid_request_error',
      param: 'tools[0]',
      code: null,
    }
    upstream.on('acme/agent', json({ error }, 400))
    await expect(createAgent({ model: made(), tools: [weather] }).invoke(question)).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
      param: 'tools[0]',
      message: expect.stringContaining('Invalid schema for function get_weather'),
      requestId: expect.any(String),
    })
  })

  test('an image for a model that sees none is an error in the words of its provider', async () => {
    const error = {
      message: 'This model does not take images.',
      type: 'invalid_request_error',
      param: 'messages',
      code: null,
    }
    upstream.on('acme/agent', json({ error }, 400))
    const content = [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } }]
    await expect(made().invoke([new HumanMessage({ content })])).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('does not take images'),
    })
  })
})
