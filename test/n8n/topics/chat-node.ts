import { workflow } from '../../support/n8n/workflow.ts'
import { byId, chat, errorOf, items, jsonOf, outputOf, start, type Topic } from '../topic.ts'

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

export const chatNode: Topic = {
  name: 'the node Speka: chat',

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
  },
}
