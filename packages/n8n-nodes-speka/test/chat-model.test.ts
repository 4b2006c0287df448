import { model, original, supply } from './chat-model.fake.ts'

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

describe('a JSON schema', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
  const onTheWire = { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } }

  test.each([
    { from: 'the option', options: { responseFormat: 'json_schema', jsonSchema: JSON.stringify(schema) } },
    { from: 'Extra Body', options: { extraBody: { response_format: onTheWire } } },
  ])(
    'from $from goes to the gateway, unseen by the client, which would refuse the tools beside it',
    async ({ options }) => {
      const { fields } = await supply({ options })
      const { response_format: format } = fields['additionalParams'] as { response_format: { type?: unknown } }
      expect(JSON.parse(JSON.stringify(format))).toEqual(onTheWire)
      expect(format.type).toBeUndefined()
    },
  )

  test('that is none is refused', async () => {
    await expect(supply({ options: { responseFormat: 'json_schema', jsonSchema: '{"type": "x"}' } })).rejects.toThrow(
      '"JSON Schema" is not a JSON schema.',
    )
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
