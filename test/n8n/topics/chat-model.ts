import { workflow } from '../../support/n8n/workflow.ts'
import {
  agent,
  byId,
  chatModel,
  credential,
  errorOf,
  items,
  jsonOf,
  runsOf,
  speka,
  start,
  type Topic,
  type World,
} from '../topic.ts'
import { traceIn, type Trace } from '../trace.ts'

const calculator = { name: 'Calculator', type: '@n8n/n8n-nodes-langchain.toolCalculator' }
const wires = [
  ['Start', 'Agent'],
  ['Model', 'Agent', 'ai_languageModel'],
] as const
const withTool = [...wires, ['Calculator', 'Agent', 'ai_tool']] as const
const sandbox = 'speka/sandbox'

const shape = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
}
const parser = {
  name: 'Parser',
  type: '@n8n/n8n-nodes-langchain.outputParserStructured',
  typeVersion: 1.3,
  parameters: { schemaType: 'manual', inputSchema: JSON.stringify(shape) },
}

const when = (kind: string) => ({
  options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
  conditions: [
    { id: kind, leftValue: '={{ $json.kind }}', rightValue: kind, operator: { type: 'string', operation: 'equals' } },
  ],
  combinator: 'and',
})

export const traceOf = ({ runs }: World, id: string, node = 'Model'): Trace[] => traceIn(runs[id], node)

export const chatModelTopic: Topic = {
  name: 'the node Speka Chat Model',

  workflows: [
    workflow('agent', [start, agent('What is 2+3?'), calculator, chatModel(sandbox)], withTool),
    workflow(
      'agent-recorded',
      [
        start,
        agent('agent-recorded'),
        calculator,
        chatModel('acme/recorder', {
          fallbackModels: { models: [{ model: byId(sandbox) }] },
          options: {
            maxTokens: 77,
            temperature: 0.1,
            sessionId: 's-1',
            timeout: 20,
            reasoningEffort: 'low',
            extraBody: '{"seed": 7}',
          },
        }),
      ],
      withTool,
    ),
    workflow(
      'agent-fallback',
      [
        start,
        agent('Hello!'),
        chatModel('speka/sandbox:500', { fallbackModels: { models: [{ model: byId(sandbox) }] } }),
      ],
      wires,
    ),
    workflow(
      'agent-two-models',
      [
        start,
        agent('Hello!', { needsFallback: true }),
        chatModel('speka/sandbox:500'),
        chatModel(sandbox, {}, 'Second'),
      ],
      [...wires, ['Second', 'Agent', 'ai_languageModel', 1]],
    ),
    workflow(
      'agent-max-cost',
      [start, agent('Hello! '.repeat(300)), chatModel(sandbox, { options: { maxCostUsd: 0.000001 } })],
      wires,
    ),
    workflow(
      'agent-run-cost',
      [
        start,
        agent('Say something.'),
        calculator,
        chatModel('acme/spends', { options: { maxCostUsd: 1, maxTokens: 40 } }),
      ],
      withTool,
    ),
    workflow(
      'agent-parser',
      [start, agent('Where?', { hasOutputParser: true }), chatModel(sandbox), parser],
      [...wires, ['Parser', 'Agent', 'ai_outputParser']],
    ),
    workflow(
      'agent-sees',
      [
        start,
        speka('image', 'generate', {
          model: byId(sandbox),
          prompt: 'A lighthouse',
          binaryPropertyName: 'data',
          options: { size: '64x64' },
        }),
        agent('agent-sees', { options: { passthroughBinaryImages: true } }),
        chatModel('acme/recorder'),
      ],
      [
        ['Start', 'Speka'],
        ['Speka', 'Agent'],
        ['Model', 'Agent', 'ai_languageModel'],
      ],
    ),
    workflow(
      'chain',
      [
        start,
        {
          name: 'Chain',
          type: '@n8n/n8n-nodes-langchain.chainLlm',
          typeVersion: 1.7,
          parameters: { promptType: 'define', text: 'Hello!' },
        },
        chatModel(sandbox),
      ],
      [
        ['Start', 'Chain'],
        ['Model', 'Chain', 'ai_languageModel'],
      ],
    ),
    workflow(
      'chain-parser',
      [
        start,
        {
          name: 'Chain',
          type: '@n8n/n8n-nodes-langchain.chainLlm',
          typeVersion: 1.7,
          parameters: { promptType: 'define', text: 'Where?', hasOutputParser: true },
        },
        chatModel(sandbox, {
          options: {
            extraBody: JSON.stringify({
              response_format: {
                type: 'json_schema',
                json_schema: {
                  name: 'answer',
                  schema: { type: 'object', properties: { output: shape }, required: ['output'] },
                },
              },
            }),
          },
        }),
        parser,
      ],
      [
        ['Start', 'Chain'],
        ['Model', 'Chain', 'ai_languageModel'],
        ['Parser', 'Chain', 'ai_outputParser'],
      ],
    ),
    workflow(
      'selector',
      [
        start,
        ...items({ kind: 'hard' }),
        {
          name: 'Chain',
          type: '@n8n/n8n-nodes-langchain.chainLlm',
          typeVersion: 1.7,
          parameters: { promptType: 'define', text: '=This is {{ $json.kind }}' },
        },
        {
          name: 'Selector',
          type: '@n8n/n8n-nodes-langchain.modelSelector',
          parameters: {
            numberInputs: 2,
            rules: {
              rule: [
                { modelIndex: 1, conditions: when('easy') },
                { modelIndex: 2, conditions: when('hard') },
              ],
            },
          },
        },
        chatModel(sandbox, {}, 'Easy'),
        chatModel('acme/recorder', {}, 'Hard'),
      ],
      [
        ['Start', 'List'],
        ['List', 'Items'],
        ['Items', 'Chain'],
        ['Selector', 'Chain', 'ai_languageModel'],
        ['Easy', 'Selector', 'ai_languageModel', 0],
        ['Hard', 'Selector', 'ai_languageModel', 1],
      ],
    ),
    workflow(
      'tool',
      [
        start,
        agent('Ask the other model'),
        chatModel(sandbox),
        {
          name: 'Ask',
          type: 'n8n-nodes-speka.spekaTool',
          credentials: credential.speka,
          parameters: {
            descriptionType: 'manual',
            toolDescription: 'Asks another model',
            resource: 'chat',
            operation: 'message',
            model: byId(sandbox),
            messages: { values: [{ role: 'user', content: "={{ $fromAI('question', 'What to ask', 'string') }}" }] },
            options: {},
          },
        },
      ],
      [...wires, ['Ask', 'Agent', 'ai_tool']],
    ),
    workflow(
      'agent-wrong-key',
      [start, agent('Hello!'), { ...chatModel(sandbox), credentials: credential.wrongKey }],
      wires,
    ),
    workflow('agent-down', [start, agent('Hello!'), { ...chatModel(sandbox), credentials: credential.down }], wires),
  ],

  tests(world) {
    test('lets an Agent call a tool and answer', () => {
      expect(jsonOf(world(), 'agent', 'Agent')['output']).toMatch(/Calculator answered/)
      expect(runsOf(world(), 'agent', 'Calculator')).toHaveLength(1)
    })

    test('shows real tokens and cost of each call in the trace', async () => {
      const traces = traceOf(world(), 'agent')
      expect(traces).toHaveLength(2)
      for (const { tokenUsage } of traces) {
        expect(tokenUsage).toEqual({
          promptTokens: expect.any(Number),
          completionTokens: expect.any(Number),
          totalTokens: expect.any(Number),
          cost: expect.any(Number),
        })
        const { promptTokens = 0, completionTokens = 0, cost } = tokenUsage ?? {}
        expect(cost).toBeCloseTo((promptTokens * 0.1 + completionTokens * 0.2) / 1e6, 12)
      }
    })

    test('says which model answered', () => {
      const [trace] = traceOf(world(), 'agent-fallback')
      expect(trace?.response?.generations[0]?.[0]?.generationInfo).toMatchObject({ model_name: sandbox })
    })

    test('sends what the options say, the fallbacks, and where it comes from', () => {
      const asked = requestsWith(world(), 'agent-recorded')
      expect(asked.length).toBeGreaterThan(0)
      expect(asked[0]).toMatchObject({
        model: 'recorder',
        max_tokens: 77,
        temperature: 0.1,
        reasoning_effort: 'low',
        seed: 7,
        tools: [{ type: 'function', function: { name: 'Calculator' } }],
      })
    })

    test('never sends an empty list as content', () => {
      const asked = requestsWith(world(), 'agent-recorded')
      expect(asked).toHaveLength(2)
      const messages = (asked[1]?.['messages'] ?? []) as { content: unknown }[]
      const contents = messages.map(({ content }) => content)
      expect(contents.filter((content) => Array.isArray(content) && content.length === 0)).toEqual([])
    })

    test('falls back inside the gateway, in one call', () => {
      expect(jsonOf(world(), 'agent-fallback', 'Agent')['output']).toContain('Hello!')
      expect(traceOf(world(), 'agent-fallback')).toHaveLength(1)
    })

    test("works with n8n's own fallback input", () => {
      expect(jsonOf(world(), 'agent-two-models', 'Agent')['output']).toContain('Hello!')
      expect(traceOf(world(), 'agent-two-models', 'Second')).toHaveLength(1)
    })

    test('is refused, before a model is asked, what could cost more than the limit', () => {
      const { message, description } = errorOf(world(), 'agent-max-cost', 'Agent')
      expect(`${message} ${description}`).toMatch(/cost more than the limit/)
    })

    test('counts the limit over all calls of a run', () => {
      expect(traceOf(world(), 'agent-run-cost')[0]?.tokenUsage?.cost).toBeGreaterThan(0)
      const { message, description } = errorOf(world(), 'agent-run-cost', 'Agent')
      expect(`${message} ${description}`).toMatch(/cost more than the limit/)
    })

    test('works with a structured output parser on an Agent', () => {
      expect(jsonOf(world(), 'agent-parser', 'Agent')['output']).toEqual({
        city: expect.any(String),
        people: expect.any(Number),
      })
    })

    test('shows a model the images of an item', () => {
      const [asked] = requestsWith(world(), 'agent-sees')
      const messages = (asked?.['messages'] ?? []) as { content: { type: string; image_url?: { url: string } }[] }[]
      const images = messages
        .flatMap(({ content }) => (Array.isArray(content) ? content : []))
        .filter(({ type }) => type === 'image_url')
      expect(images).toEqual([
        {
          type: 'image_url',
          image_url: expect.objectContaining({ url: expect.stringMatching(/^data:image\/png;base64,/) }),
        },
      ])
    })

    test('answers a chain', () => {
      expect(jsonOf(world(), 'chain', 'Chain')['text']).toContain('Hello!')
    })

    test('works with a structured output parser on a chain', () => {
      expect(jsonOf(world(), 'chain-parser', 'Chain')['output']).toEqual({
        city: expect.any(String),
        people: expect.any(Number),
      })
    })

    test("works behind n8n's Model Selector", () => {
      expect(runsOf(world(), 'selector', 'Easy')).toEqual([])
      expect(traceOf(world(), 'selector', 'Hard')[0]?.tokenUsage?.cost).toBeGreaterThan(0)
      expect(requestsWith(world(), 'This is hard')).toHaveLength(1)
    })

    test('is a tool of an Agent itself, as the node Speka', () => {
      expect(jsonOf(world(), 'tool', 'Agent')['output']).toMatch(/Ask answered/)
      expect(runsOf(world(), 'tool', 'Ask')).toHaveLength(1)
    })

    test.each([
      { id: 'agent-wrong-key', says: /key/i },
      { id: 'agent-down', says: /ECONNREFUSED|connect/i },
    ])('says why it cannot answer: $id', ({ id, says }) => {
      const { message, description } = errorOf(world(), id, 'Agent')
      expect(`${message} ${description}`).toMatch(says)
    })
  },
}

/** The requests that reached the recorder with some words in them, in order. */
const requestsWith = ({ upstream }: World, words: string): Record<string, unknown>[] =>
  upstream.seen
    .filter(({ body }) => body.includes(words))
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
