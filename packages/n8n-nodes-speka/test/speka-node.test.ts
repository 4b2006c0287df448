import { Speka } from '../nodes/Speka/Speka.node.ts'
import { fakeContext, type FakeOptions } from './context.fake.ts'

const model = (value: string) => ({ mode: 'id', value })
const chat = (content: string, more: object = {}) => ({
  resource: 'chat',
  operation: 'message',
  model: model('speka/sandbox'),
  messages: { values: [{ role: 'user', content }] },
  ...more,
})

async function run(options: FakeOptions) {
  const fake = fakeContext(options)
  const [items = []] = await new Speka().execute.call(fake.context)
  return { ...fake, items }
}

const bodyOf = ({ body }: { body?: unknown }): Record<string, unknown> => JSON.parse(String(body))

describe('chat', () => {
  test('answers with text, usage, cost, model and attempts', async () => {
    const { items } = await run({ parameters: chat('Hello!') })
    expect(items).toEqual([
      {
        json: {
          text: expect.stringContaining('Hello!'),
          finishReason: 'stop',
          model: 'speka/sandbox',
          provider: 'sandbox',
          usage: expect.objectContaining({ promptTokens: expect.any(Number), completionTokens: expect.any(Number) }),
          costUsd: expect.any(Number),
          attempts: [{ provider: 'sandbox', model: 'speka/sandbox', outcome: 'answered' }],
          requestId: expect.any(String),
        },
        pairedItem: { item: 0 },
      },
    ])
  })

  test('sends through the helper that adds the key, and lets n8n follow no redirect', async () => {
    const { sent } = await run({ parameters: chat('Hello!') })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'http://gateway.test/v1/chat/completions',
      disableFollowRedirect: true,
      headers: { 'content-type': 'application/json' },
    })
    expect(Object.keys(sent[0]?.headers ?? {})).not.toContain('authorization')
  })

  test('sends every option under its name on the wire', async () => {
    const options = {
      maxTokens: 9,
      temperature: 0,
      topP: 0.5,
      frequencyPenalty: 1,
      presencePenalty: -1,
      reasoningEffort: 'low',
      seed: 3,
      stop: 'END, ###',
      sessionId: 's-1',
      timeout: 20,
      maxCostUsd: 0.5,
      toolChoice: 'look',
      tools: [{ name: 'look', parameters: { type: 'object' } }],
      metadata: {
        pairs: [
          { name: 'customer', value: '42' },
          { name: '', value: 'x' },
        ],
      },
      extraBody: '{"top_k": 5, "metadata": {"more": "1"}}',
    }
    const fallbackModels = { models: [{ model: model('a/b') }, { model: model(' ') }, { model: 'c/d' }] }
    const { sent } = await run({ parameters: chat('Hello!', { options, fallbackModels }), continueOnFail: true })
    expect(bodyOf(sent[0] ?? {})).toMatchObject({
      model: 'speka/sandbox',
      models: ['a/b', 'c/d'],
      max_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
      reasoning_effort: 'low',
      seed: 3,
      stop: ['END', '###'],
      session_id: 's-1',
      tool_choice: { type: 'function', function: { name: 'look' } },
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
      top_k: 5,
      metadata: {
        n8n_workflow_id: 'w1',
        n8n_workflow_name: 'A workflow',
        n8n_execution_id: expect.stringMatching(/^fake-/),
        n8n_node: 'Speka',
        customer: '42',
        more: '1',
      },
    })
    expect(sent[0]?.headers).toMatchObject({ 'x-speka-timeout-ms': '20000', 'x-speka-max-cost-usd': '0.5' })
  })

  test('gives the parsed data of JSON, and the calls of tools', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const json = await run({ parameters: chat('Where?', { outputFormat: 'json_schema', jsonSchema: schema }) })
    expect(json.items[0]?.json['data']).toEqual({ city: expect.any(String) })
    const tools = await run({
      parameters: chat('Look!', { options: { tools: `[{"name": "look", "parameters": ${JSON.stringify(schema)}}]` } }),
    })
    expect(tools.items[0]?.json).toMatchObject({
      text: '',
      toolCalls: [{ id: expect.any(String), name: 'look', arguments: { city: expect.any(String) } }],
      finishReason: 'tool_calls',
    })
  })

  test('takes a whole history as JSON, and leaves out what is empty', async () => {
    const history = [
      { role: 'system', content: '' },
      { role: 'user', content: 'One' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'x', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '' },
    ]
    const { sent } = await run({
      parameters: chat('', { messagesFrom: 'json', messagesJson: JSON.stringify(history) }),
    })
    expect(bodyOf(sent[0] ?? {})['messages']).toEqual(history.slice(1))
  })

  test('shows images: from fields, then from addresses', async () => {
    const binary = { photo: { mimeType: 'image/jpeg', data: 'AAAA' } }
    const values = [{ role: 'user', content: 'What?', imageFields: ' photo ', imageUrls: 'https://x.test/a.png' }]
    const { sent } = await run({ items: [{ json: {}, binary }], parameters: chat('', { messages: { values } }) })
    expect(bodyOf(sent[0] ?? {})['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
        ],
      },
    ])
  })

  test('asks the gateway how an answer that took several attempts came about', async () => {
    const record = {
      attempts: [
        { provider: 'p', model: 'a', outcome: 'timeout', status: null, duration_ms: 3 },
        { provider: 'q', model: 'b', outcome: 'answered', status: 200 },
      ],
    }
    const { items, sent } = await run({
      parameters: chat('Hi'),
      send: answering({ 'x-speka-attempts': '2', 'x-speka-model': 'b', 'x-speka-provider': 'q' }, record),
    })
    expect(sent.map(({ url }) => url)).toEqual([
      'http://gateway.test/v1/chat/completions',
      'http://gateway.test/v1/generation?id=req-1',
    ])
    expect(items[0]?.json).toMatchObject({
      model: 'b',
      attempts: [
        { provider: 'p', model: 'a', outcome: 'timeout', durationMs: 3 },
        { provider: 'q', model: 'b', outcome: 'answered', status: 200 },
      ],
    })
  })

  test('leaves out a cost that the gateway does not know', async () => {
    const { items } = await run({ parameters: chat('Hi'), send: answering({}, {}) })
    expect(items[0]?.json).not.toHaveProperty('costUsd')
    expect(items[0]?.json).toMatchObject({ text: 'Hello' })
  })
})

describe('items', () => {
  test.each([
    { options: {}, most: 4 },
    { options: { concurrency: 2 }, most: 2 },
    { options: { concurrency: 64 }, most: 20 },
    { options: { concurrency: 0 }, most: 4 },
    { options: { maxCostUsd: 1 }, most: 1 },
  ])('come out in order, $most at once with $options', async ({ options, most }) => {
    const { counts, send } = contrary()
    const { items } = await run({ ...many(20, options), send })
    expect(items.map(({ json }) => json['text'])).toEqual(Array.from({ length: 20 }, (_, n) => `Number ${n}`))
    expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array.from({ length: 20 }, (_, n) => ({ item: n })))
    expect(counts.most).toBe(most)
  })

  test('share the cost limit of a run: each may cost what is left', async () => {
    const { sent } = await run({
      ...many(3, { maxCostUsd: 0.5 }),
      send: async () => reply(200, completion('x'), { 'x-speka-cost-usd': '0.2' }),
    })
    expect(sent.map(({ headers }) => headers?.['x-speka-max-cost-usd'])).toEqual(['0.5', '0.3', '0.1'])
  })

  test('of unknown cost use the limit up', async () => {
    const { sent } = await run({ ...many(2, { maxCostUsd: 0.5 }), send: async () => reply(200, completion('x')) })
    expect(sent.map(({ headers }) => headers?.['x-speka-max-cost-usd'])).toEqual(['0.5', '0'])
  })

  test('begin no more after one has failed', async () => {
    let asked = 0
    const send = async () => {
      asked += 1
      return asked === 3 ? reply(404, errorBody('model_not_found', 'No such model.')) : reply(200, completion('x'))
    }
    await expect(run({ ...many(50, { concurrency: 1 }), send })).rejects.toThrow('No such model.')
    expect(asked).toBe(3)
  })

  test('that failed say so under the names n8n looks for, when the node goes on', async () => {
    const { items } = await run({ parameters: chat('Hi'), continueOnFail: true, send: allDown })
    expect(items).toEqual([
      {
        json: {
          error: 'All down.',
          details: { code: 'no_healthy_target', status: 503, requestId: 'req-1', attempts: [] },
        },
        pairedItem: { item: 0 },
      },
    ])
  })

  test('of none at all are no request', async () => {
    expect((await run({ items: [], parameters: chat('Hi') })).sent).toEqual([])
  })
})

describe('images', () => {
  test('go into binary fields, the first into the one that was named', async () => {
    const { items, sent } = await run({ parameters: image({ options: { count: 2, size: '64x64', quality: 'high' } }) })
    expect(bodyOf(sent[0] ?? {})).toMatchObject({ n: 2, size: '64x64', quality: 'high', response_format: 'b64_json' })
    expect(
      Object.entries(items[0]?.binary ?? {}).map(([name, { fileName, mimeType }]) => ({ name, fileName, mimeType })),
    ).toEqual([
      { name: 'picture', fileName: 'picture.png', mimeType: 'image/png' },
      { name: 'picture_1', fileName: 'picture_1.png', mimeType: 'image/png' },
    ])
    expect(items[0]?.json).toMatchObject({ images: 2, costUsd: 0.02, text: 'A lighthouse' })
  })

  test('that a provider gives only the address of are fetched, without the key', async () => {
    const address = 'https://images.example/1.png'
    const { items, sent, sentWithoutKey } = await run({
      parameters: image(),
      send: async ({ url }) =>
        url === address
          ? { statusCode: 200, headers: {}, body: Buffer.from('\u00ff\u00d8\u00ff', 'latin1') }
          : reply(200, { created: 0, data: [{ url: address }] }),
    })
    expect(sent.map(({ url }) => url)).toEqual(['http://gateway.test/v1/images/generations'])
    expect(sentWithoutKey.map(({ url }) => url)).toEqual([address])
    expect(items[0]?.binary?.['picture']).toMatchObject({ mimeType: 'image/jpeg', fileName: 'picture.jpg' })
  })
})

describe('embeddings', () => {
  test('are one vector for a text, and a list for a list', async () => {
    const one = await run({ parameters: embedding('A', { dimensions: 8 }) })
    expect(one.items[0]?.json).toMatchObject({ text: 'A', embedding: expect.arrayContaining([expect.any(Number)]) })
    const two = await run({ parameters: embedding(['A', 'B']) })
    expect(two.items[0]?.json['embeddings']).toHaveLength(2)
  })

  test.each(['', '  ', [], ['A', ''], undefined])('of %j are refused', async (input) => {
    await expect(run({ parameters: embedding(input) })).rejects.toThrow('"Text" is empty.')
  })
})

describe('models and usage', () => {
  test('come from the gateway', async () => {
    const { items } = await run({ parameters: { resource: 'model', operation: 'getAll', kind: 'chat' } })
    expect(items[0]?.json['models']).toContainEqual(
      expect.objectContaining({ id: 'speka/sandbox', inputUsdPer1m: 0.1 }),
    )
    const one = await run({
      parameters: { resource: 'model', operation: 'get', model: model('speka/sandbox'), simplify: false },
    })
    expect(one.sent[0]?.url).toBe('http://gateway.test/v1/models/speka%2Fsandbox')
    expect(one.items[0]?.json).toMatchObject({ object: 'model', pricing: { currency: 'USD' } })
    const key = await run({
      parameters: { resource: 'usage', operation: 'getKey' },
      send: async () => reply(200, { object: 'key' }),
    })
    expect(key.items[0]?.json).toEqual({ object: 'key' })
  })

  test('need the id of a request', async () => {
    await expect(run({ parameters: { resource: 'usage', operation: 'getRequest', requestId: ' ' } })).rejects.toThrow(
      '"Request ID" is empty.',
    )
  })
})

test('stops with the execution', async () => {
  const stop = new AbortController()
  const running = run({ parameters: chat('Hi'), signal: stop.signal, send: () => new Promise(() => {}) })
  stop.abort(new Error('The execution was cancelled'))
  await expect(running).rejects.toThrow('The execution was cancelled')
})

function reply(statusCode: number, body: object, headers: object = {}) {
  return { statusCode, headers: { 'x-request-id': 'req-1', ...headers }, body: Buffer.from(JSON.stringify(body)) }
}

const completion = (content: string) => ({
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})

const errorBody = (code: string, message: string) => ({ error: { message, code, type: 'x', param: null } })

/** A gateway that always says the same, and has one record. */
function answering(headers: object, record: object) {
  return async ({ url }: { url: string }) =>
    url.includes('/generation') ? reply(200, record) : reply(200, completion('Hello'), headers)
}

const many = (count: number, options: object = {}) => ({
  items: Array.from({ length: count }, (_, n) => ({ json: { n } })),
  parameters: Array.from({ length: count }, (_, n) => chat(`Number ${n}`, { options })),
})

/** Answers later the earlier it is asked, and counts how many wait at once. */
function contrary() {
  const counts = { now: 0, most: 0 }
  const send = async ({ body }: { body?: unknown }) => {
    counts.now += 1
    counts.most = Math.max(counts.most, counts.now)
    const said = String((bodyOf({ body })['messages'] as { content: string }[])[0]?.content)
    await new Promise((resolve) => setTimeout(resolve, 30 - Number(said.replace(/\D/g, ''))))
    counts.now -= 1
    return reply(200, completion(said))
  }
  return { counts, send }
}

const allDown = async ({ url }: { url: string }) =>
  url.includes('generation') ? reply(404, {}) : reply(503, errorBody('no_healthy_target', 'All down.'))

const image = (more: object = {}) => ({
  resource: 'image',
  operation: 'generate',
  model: model('speka/sandbox'),
  prompt: 'A lighthouse',
  binaryPropertyName: 'picture',
  ...more,
})

const embedding = (input: unknown, options: object = {}) => ({
  resource: 'embedding',
  operation: 'create',
  model: model('speka/sandbox'),
  input,
  options,
})
