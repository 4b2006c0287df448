import { workflow } from '../../support/n8n/workflow.ts'
import { byId, chat, credential, errorOf, items, jsonOf, outputOf, runsOf, speka, start, type Topic } from '../topic.ts'

const wires = [['Start', 'Speka']] as const
const listWires = [
  ['Start', 'List'],
  ['List', 'Items'],
  ['Items', 'Speka'],
] as const

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
}
const hundred = Array.from({ length: 100 }, (_, n) => ({ n }))
const options = (given: object) => ({ options: given })
const sandbox = 'speka/sandbox'

export const actionNode: Topic = {
  name: 'the node Speka',

  workflows: [
    workflow('chat', [start, chat(sandbox, 'Hello!', options({ maxTokens: 50, temperature: 0.2 }))], wires),
    workflow('raw', [start, chat(sandbox, 'Hello!', { simplify: false })], wires),
    workflow(
      'fallback',
      [
        start,
        chat('speka/sandbox:500', 'Hello!', {
          fallbackModels: { models: [{ model: byId('speka/sandbox:503') }, { model: byId(sandbox) }] },
        }),
      ],
      wires,
    ),
    workflow(
      'all-down',
      [
        start,
        chat('speka/sandbox:500', 'Hello!', { fallbackModels: { models: [{ model: byId('speka/sandbox:503') }] } }),
      ],
      wires,
    ),
    workflow('max-cost', [start, chat(sandbox, 'Hello! '.repeat(400), options({ maxCostUsd: 0.000001 }))], wires),
    workflow(
      'max-cost-over-items',
      [
        start,
        ...items({ n: 1 }, { n: 2 }, { n: 3 }),
        {
          ...chat(sandbox, 'Hello! '.repeat(40), options({ maxCostUsd: 0.00003, maxTokens: 20 })),
          onError: 'continueRegularOutput',
        },
      ],
      listWires,
    ),
    workflow(
      'schema',
      [start, chat(sandbox, 'Where?', { outputFormat: 'json_schema', jsonSchema: JSON.stringify(schema) })],
      wires,
    ),
    workflow(
      'tools',
      [
        start,
        chat(
          sandbox,
          'The weather in Lima',
          options({
            tools: JSON.stringify([
              {
                name: 'get_weather',
                description: 'The weather',
                parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
              },
            ]),
          }),
        ),
      ],
      wires,
    ),
    workflow(
      'expression',
      [
        start,
        ...items({ say: 'One', model: sandbox }, { say: 'Two', model: sandbox }),
        chat('', '={{ $json.say }}', { model: { __rl: true, mode: 'id', value: '={{ $json.model }}' } }),
      ],
      listWires,
    ),
    workflow(
      'metadata',
      [
        start,
        chat(
          sandbox,
          'Hello!',
          options({ sessionId: 'session-1', metadata: { pairs: [{ name: 'customer', value: '42' }] } }),
        ),
      ],
      wires,
    ),
    workflow('hundred', [start, ...items(...hundred), chat(sandbox, '=Number {{ $json.n }}')], listWires),
    workflow(
      'vision',
      [
        start,
        speka('image', 'generate', {
          model: byId(sandbox),
          prompt: 'A lighthouse',
          binaryPropertyName: 'data',
          options: { size: '64x64' },
        }),
        {
          ...chat(sandbox, '', {
            messages: { values: [{ role: 'user', content: 'What is this?', imageFields: 'data' }] },
          }),
          name: 'Look',
        },
      ],
      [
        ['Start', 'Speka'],
        ['Speka', 'Look'],
      ],
    ),
    workflow(
      'vision-recorded',
      [
        start,
        speka('image', 'generate', {
          model: byId(sandbox),
          prompt: 'A lighthouse',
          binaryPropertyName: 'data',
          options: { size: '64x64', count: 2 },
        }),
        {
          ...chat('acme/recorder', '', {
            messages: { values: [{ role: 'user', content: 'vision-recorded', imageFields: 'data, data_1' }] },
          }),
          name: 'Look',
        },
      ],
      [
        ['Start', 'Speka'],
        ['Speka', 'Look'],
      ],
    ),
    workflow(
      'embedding',
      [start, speka('embedding', 'create', { model: byId(sandbox), input: 'A text', options: { dimensions: 16 } })],
      wires,
    ),
    workflow('models', [start, speka('model', 'getAll', { kind: 'chat' })], wires),
    workflow('model', [start, speka('model', 'get', { model: byId(sandbox) })], wires),
    workflow('key', [start, speka('usage', 'getKey', {})], wires),
    workflow(
      'request',
      [
        start,
        chat(sandbox, 'Hello!'),
        { ...speka('usage', 'getRequest', { requestId: '={{ $json.requestId }}' }), name: 'Record' },
      ],
      [
        ['Start', 'Speka'],
        ['Speka', 'Record'],
      ],
    ),
    workflow(
      'continue',
      [
        start,
        ...items({ model: sandbox }, { model: 'speka/sandbux' }, { model: sandbox }),
        {
          ...chat('', 'Hello!', { model: { __rl: true, mode: 'id', value: '={{ $json.model }}' } }),
          onError: 'continueRegularOutput',
        },
      ],
      listWires,
    ),
    workflow(
      'error-output',
      [
        start,
        ...items({ model: sandbox }, { model: 'speka/sandbox:500' }),
        {
          ...chat('', 'Hello!', { model: { __rl: true, mode: 'id', value: '={{ $json.model }}' } }),
          onError: 'continueErrorOutput',
        },
      ],
      listWires,
    ),
    workflow(
      'unknown-model',
      [
        start,
        ...items({ n: 0 }, { model: 'speka/sandbux' }),
        chat('', 'Hello!', { model: { __rl: true, mode: 'id', value: "={{ $json.model || 'speka/sandbox' }}" } }),
      ],
      listWires,
    ),
    workflow('empty', [start, chat(sandbox, '  ')], wires),
    workflow(
      'bad-schema',
      [start, chat(sandbox, 'Hi', { outputFormat: 'json_schema', jsonSchema: '{"type": "objct"}' })],
      wires,
    ),
    workflow('bad-json', [start, chat(sandbox, 'Hi', options({ tools: '[{"name": "x",}]' }))], wires),
    workflow(
      'not-an-image',
      [
        start,
        {
          name: 'File',
          type: 'n8n-nodes-base.convertToFile',
          typeVersion: 1.1,
          parameters: { operation: 'toJson', binaryPropertyName: 'data', options: {} },
        },
        chat(sandbox, '', { messages: { values: [{ role: 'user', content: 'What is this?', imageFields: 'data' }] } }),
      ],
      [
        ['Start', 'File'],
        ['File', 'Speka'],
      ],
    ),
    workflow('wrong-key', [start, { ...chat(sandbox, 'Hello!'), credentials: credential.wrongKey }], wires),
    workflow('down', [start, { ...chat(sandbox, 'Hello!'), credentials: credential.down }], wires),
    workflow('not-a-gateway', [start, { ...chat(sandbox, 'Hello!'), credentials: credential.notAGateway }], wires),
    workflow('slow', [start, chat('speka/sandbox:wait@5000', 'Hello!', options({ timeout: 1 }))], wires),
  ],

  tests(world) {
    test('answers with text, usage, cost, model and attempts', () => {
      expect(jsonOf(world(), 'chat', 'Speka')).toEqual({
        text: expect.stringContaining('Hello!'),
        finishReason: 'stop',
        model: sandbox,
        provider: 'sandbox',
        usage: expect.objectContaining({ promptTokens: expect.any(Number), completionTokens: expect.any(Number) }),
        costUsd: expect.any(Number),
        attempts: [{ provider: 'sandbox', model: sandbox, outcome: 'answered' }],
        requestId: expect.any(String),
      })
    })

    test('shows the raw answer too when it is not to simplify', () => {
      expect(jsonOf(world(), 'raw', 'Speka')).toMatchObject({
        text: expect.any(String),
        costUsd: expect.any(Number),
        response: {
          object: 'chat.completion',
          choices: [{ message: { role: 'assistant' } }],
          usage: { cost: expect.any(Number) },
        },
      })
    })

    test('falls back in order, and says how', () => {
      const { model, attempts, costUsd } = jsonOf(world(), 'fallback', 'Speka')
      expect(model).toBe(sandbox)
      expect(attempts).toMatchObject([
        { model: 'speka/sandbox:500', outcome: 'transient', status: 500 },
        { model: 'speka/sandbox:503', outcome: 'transient', status: 503 },
        { model: sandbox, outcome: 'answered' },
      ])
      expect(costUsd).toBeGreaterThan(0)
    })

    test('says what was tried when nothing answered', () => {
      const { message, description } = errorOf(world(), 'all-down', 'Speka')
      expect(message).toContain('503')
      expect(description).toMatch(/Tried: speka\/sandbox:500 at sandbox \(transient, status 500\)/)
    })

    test('is refused, before a model is asked, what could cost more than the limit', () => {
      const error = errorOf(world(), 'max-cost', 'Speka')
      expect(error['message']).toMatch(/cost more than the limit/)
      expect(error['description']).toContain('Max Cost per Run')
      expect(error['context']).toMatchObject({ itemIndex: 0 })
    })

    test('counts the limit over all items of a run', () => {
      const run = outputOf(world(), 'max-cost-over-items', 'Speka').map(
        ({ json }) => json as { costUsd?: number; details?: { code: string } },
      )
      expect(run).toHaveLength(3)
      expect(run[0]?.costUsd).toBeGreaterThan(0)
      expect(run.at(-1)).toMatchObject({ details: { code: 'cost_limit_exceeded' } })
      const spent = run.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)
      expect(spent).toBeLessThanOrEqual(0.00003)
    })

    test('gives the data of a JSON schema', () => {
      expect(jsonOf(world(), 'schema', 'Speka')['data']).toEqual({
        city: expect.any(String),
        people: expect.any(Number),
      })
    })

    test('gives the calls of tools', () => {
      const { toolCalls, finishReason } = jsonOf(world(), 'tools', 'Speka')
      expect({ toolCalls, finishReason }).toEqual({
        toolCalls: [{ id: expect.any(String), name: 'get_weather', arguments: { city: expect.any(String) } }],
        finishReason: 'tool_calls',
      })
    })

    test('takes model and text from expressions, for each item', () => {
      const texts = outputOf(world(), 'expression', 'Speka').map(({ json }) => json['text'])
      expect(texts).toEqual([expect.stringContaining('One'), expect.stringContaining('Two')])
    })

    test('tells the gateway which workflow and execution it was', async () => {
      const { requestId } = jsonOf(world(), 'metadata', 'Speka')
      expect(await world().recordOf(requestId)).toMatchObject({
        metadata: {
          n8n_workflow_id: 'metadata-0',
          n8n_workflow_name: 'metadata',
          n8n_execution_id: expect.stringMatching(/^\d+$/),
          n8n_node: 'Speka',
          customer: '42',
        },
      })
    })

    test('keeps a hundred items in order', () => {
      const answers = outputOf(world(), 'hundred', 'Speka')
      expect(answers.map(({ json }) => /Number (\d+)/.exec(String(json['text']))?.[1])).toEqual(
        hundred.map(({ n }) => `${n}`),
      )
      expect(answers.map(({ pairedItem }) => pairedItem)).toEqual(hundred.map(({ n }) => ({ item: n })))
    })

    test('puts an image into a binary field, with its cost', () => {
      const [item] = outputOf(world(), 'vision', 'Speka')
      expect(item?.binary?.['data']).toMatchObject({ mimeType: 'image/png', fileName: 'data.png' })
      expect(item?.json).toMatchObject({ model: sandbox, costUsd: 0.01, images: 1 })
    })

    test('shows a model the image in a binary field', () => {
      expect(jsonOf(world(), 'vision', 'Look')['text']).toMatch(/1 image/)
    })

    test('sends images whole, in the order of the fields', () => {
      const asked = world().upstream.seen.find(({ body }) => body.includes('"vision-recorded"'))
      const { messages } = JSON.parse(asked?.body ?? '{}') as { messages: { content: unknown }[] }
      const png = expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/)
      const image = { type: 'image_url', image_url: { url: png } }
      expect(messages[0]?.content).toEqual([{ type: 'text', text: 'vision-recorded' }, image, image])
    })

    test('makes an embedding', () => {
      const { embedding, ...rest } = jsonOf(world(), 'embedding', 'Speka')
      expect(embedding).toHaveLength(16)
      expect(rest).toMatchObject({ text: 'A text', model: sandbox, usage: { promptTokens: expect.any(Number) } })
    })

    test('lists models and tells about one', () => {
      const { models } = jsonOf(world(), 'models', 'Speka')
      expect(models).toContainEqual(jsonOf(world(), 'model', 'Speka'))
      expect(jsonOf(world(), 'model', 'Speka')).toMatchObject({ id: sandbox, inputUsdPer1m: 0.1, outputUsdPer1m: 0.2 })
    })

    test('shows what a key has spent, and what one request cost', () => {
      expect(jsonOf(world(), 'key', 'Speka')).toMatchObject({ object: 'key', mode: 'live' })
      expect(jsonOf(world(), 'request', 'Record')).toMatchObject({
        object: 'generation',
        cost: jsonOf(world(), 'request', 'Speka')['costUsd'],
      })
    })

    test('goes on after an item that failed, when told to', () => {
      const [first, second, third] = outputOf(world(), 'continue', 'Speka')
      expect([first, third].map((item) => item?.json['text'])).toEqual([expect.any(String), expect.any(String)])
      expect(second?.json).toMatchObject({
        error: expect.stringContaining('speka/sandbux'),
        details: expect.objectContaining({ code: 'model_not_found', status: 404 }),
      })
    })

    test('sends an item that failed to the error output', () => {
      expect(outputOf(world(), 'error-output', 'Speka', 0)).toHaveLength(1)
      expect(outputOf(world(), 'error-output', 'Speka', 1)).toEqual([
        expect.objectContaining({ json: expect.objectContaining({ error: expect.stringContaining('500') }) }),
      ])
    })

    test.each([
      { id: 'unknown-model', itemIndex: 1, message: /speka\/sandbux/, advice: /From List/ },
      { id: 'empty', itemIndex: 0, message: /no message/, advice: /Write a text/ },
      { id: 'bad-schema', itemIndex: 0, message: /not a JSON schema/, advice: /"type" must be one of/ },
      { id: 'bad-json', itemIndex: 0, message: /"Tools" is not valid JSON/, advice: /double quotes/ },
      { id: 'not-an-image', itemIndex: 0, message: /"data" is not an image/, advice: /application\/json/ },
      { id: 'wrong-key', itemIndex: 0, message: /key/i, advice: /credential/ },
      {
        id: 'down',
        itemIndex: 0,
        message: /Nothing answers at http:\/\/127\.0\.0\.1/,
        advice: /Is the gateway running/,
      },
      { id: 'not-a-gateway', itemIndex: 0, message: /./, advice: /should end in \/v1|should be a gateway/ },
      { id: 'slow', itemIndex: 0, message: /1000 ms/, advice: /Timeout/ },
    ])('says what happened, where, and what to do: $id', ({ id, itemIndex, message, advice }) => {
      const error = errorOf(world(), id, 'Speka')
      expect(error['message']).toMatch(message)
      expect(error['description']).toMatch(advice)
      expect(error['context']).toMatchObject({ itemIndex })
      expect(runsOf(world(), id, 'Speka')).toHaveLength(1)
    })
  },
}
