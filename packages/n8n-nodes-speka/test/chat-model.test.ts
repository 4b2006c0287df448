import { LmChatSpeka } from '../nodes/LmChatSpeka/LmChatSpeka.node.ts'
import type { FakeChatOpenAI } from './chat-openai.fake.ts'
import { fakeContext, type FakeOptions } from './context.fake.ts'

const model = (value: string) => ({ mode: 'list', value })

async function supply(parameters: object = {}, more: Partial<FakeOptions> = {}): Promise<FakeChatOpenAI> {
  const { context } = fakeContext({ parameters: { model: model('acme/asked'), ...parameters }, ...more })
  const { response } = await new LmChatSpeka().supplyData.call(context, 0)
  return response as FakeChatOpenAI
}

test('is made of the credential, the options, the fallbacks and where it comes from', async () => {
  const options = {
    maxTokens: 50,
    temperature: 0.1,
    timeout: 30,
    reasoningEffort: 'high',
    responseFormat: 'json_object',
    sessionId: 's',
    extraBody: { seed: 1 },
  }
  const fallbackModels = { models: [{ model: model('acme/second') }] }
  const { fields } = await supply(
    { options, fallbackModels },
    { credential: { apiKey: ' sk-1 ', baseUrl: 'http://gateway.test/' } },
  )
  expect(fields).toMatchObject({
    type: 'openai',
    baseUrl: 'http://gateway.test/v1',
    apiKey: 'sk-1',
    model: 'acme/asked',
    maxRetries: 0,
    maxTokens: 50,
    timeout: 30_000,
    defaultHeaders: { 'x-speka-timeout-ms': '30000' },
    additionalParams: {
      temperature: 0.1,
      reasoning_effort: 'high',
      response_format: { type: 'json_object' },
      models: ['acme/second'],
      session_id: 's',
      seed: 1,
      metadata: { n8n_workflow_id: 'w1', n8n_execution_id: expect.stringMatching(/^fake-/) },
    },
  })
})

test('waits as long as the gateway does when nobody says', async () => {
  expect((await supply()).fields).toMatchObject({ timeout: 600_000 })
})

test.each([0.5, '0.5', ' 0.50 '])('takes the limit %j', async (maxCostUsd) => {
  const supplied = await supply({ options: { maxCostUsd } })
  await supplied.invoke()
  expect(original(supplied).asked[0]?.options).toMatchObject({ headers: { 'x-speka-max-cost-usd': '0.5' } })
})

describe('the trace', () => {
  test.each(['invoke', 'stream'] as const)('has the cost beside the tokens: %s', async (way) => {
    const supplied = await supply()
    expect(await supplied[way]()).toEqual({ promptTokens: 1, completionTokens: 2, cost: 0.25 })
  })

  test.each(['invoke', 'stream'] as const)('has it too when an agent has bound its tools: %s', async (way) => {
    const supplied = (await supply()).bindTools()
    expect(await supplied[way]()).toEqual({ promptTokens: 1, completionTokens: 2, cost: 0.25 })
  })

  test.each(['invoke', 'stream'] as const)('has none when the gateway does not know: %s', async (way) => {
    const supplied = await supply()
    original(supplied).answer = () => ({ model: 'acme/answered', usage: {} })
    expect(await supplied[way]()).toEqual({ promptTokens: 1, completionTokens: 2 })
  })

  test('keeps two answers at once apart', async () => {
    const supplied = await supply()
    const costs = [0.1, 0.2, 0.3]
    original(supplied).answer = () => ({ usage: { cost: costs.shift() } })
    const traces = await Promise.all([supplied.invoke(), supplied.invoke(), supplied.invoke()])
    expect(traces.map(({ cost }) => cost)).toEqual([0.1, 0.2, 0.3])
  })
})

describe('messages', () => {
  test.each([
    { what: 'a turn that called tools', message: { role: 'assistant', content: [], tool_calls: [{}] }, content: null },
    { what: 'an empty turn', message: { role: 'user', content: [] }, content: '' },
    { what: 'a text', message: { role: 'user', content: 'Hi' }, content: 'Hi' },
    {
      what: 'parts',
      message: { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      content: [{ type: 'text', text: 'Hi' }],
    },
  ])('with an empty list as content are repaired, others left: $what', async ({ message, content }) => {
    const supplied = await supply()
    await supplied.invoke([message])
    expect(original(supplied).asked[0]?.request['messages']).toEqual([{ ...message, content }])
  })
})

describe('the cost limit', () => {
  test('goes along as what is left of the run', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    await supplied.invoke()
    await supplied.bindTools().stream()
    await supplied.invoke()
    expect(headersOf(supplied)).toEqual(['1', '0.75', '0.5'].map((left) => ({ 'x-speka-max-cost-usd': left })))
  })

  test('holds for all models that one execution is supplied with: an agent asks for one in each round', async () => {
    const options = { maxCostUsd: 1 }
    const first = await supply({ options }, { executionId: 'one' })
    await first.invoke()
    const second = await supply({ options }, { executionId: 'one' })
    await second.invoke()
    const other = await supply({ options }, { executionId: 'other' })
    await other.invoke()
    expect([first, second, other].flatMap(headersOf)).toEqual(
      ['1', '0.75', '1'].map((left) => ({ 'x-speka-max-cost-usd': left })),
    )
  })

  test('does not go along when there is none', async () => {
    const supplied = await supply()
    await supplied.invoke()
    expect(headersOf(supplied)).toEqual([undefined])
  })

  test('is used up by an answer of unknown cost, and by a stream that was left early', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    for await (const _ of supplied.completions._streamResponseChunks([], {})) break
    await supplied.invoke()
    expect(headersOf(supplied).at(-1)).toEqual({ 'x-speka-max-cost-usd': '0' })
  })

  test('is not touched by a call that was refused', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    const completions = original(supplied)
    completions.answer = () => {
      throw new Error('refused')
    }
    await expect(supplied.invoke()).rejects.toThrow('refused')
    await expect(supplied.stream()).rejects.toThrow('refused')
    completions.answer = () => ({ usage: { cost: 0 } })
    await supplied.invoke()
    expect(headersOf(supplied).at(-1)).toEqual({ 'x-speka-max-cost-usd': '1' })
  })
})

test.each([
  { what: 'a Base URL that is none', options: { credential: { baseUrl: 'gateway' } }, says: 'not an address' },
  {
    what: 'an Extra Body that is none',
    parameters: { options: { extraBody: '[1]' } },
    says: '"Extra Body" must be a JSON object.',
  },
  { what: 'a limit that is none', parameters: { options: { maxCostUsd: 'ten' } }, says: 'must be a number of dollars' },
])('is refused with a word about $what', async ({ parameters, options, says }) => {
  await expect(supply(parameters, options)).rejects.toThrow(says)
})

/** What LangChain made, below what the node put around it. */
const original = ({ completions }: FakeChatOpenAI) =>
  Object.getPrototypeOf(completions) as FakeChatOpenAI['completions']

const headersOf = (supplied: FakeChatOpenAI) => original(supplied).asked.map(({ options }) => options?.['headers'])
