import { answering, bodyOf, chat, model, run } from './speka-node.fake.ts'

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
