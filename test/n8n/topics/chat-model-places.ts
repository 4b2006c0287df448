import { workflow } from '../../support/n8n/workflow.ts'
import {
  agent,
  byId,
  chatModel,
  credential,
  items,
  jsonOf,
  requestsWith,
  runsOf,
  speka,
  start,
  type Topic,
} from '../topic.ts'
import { traceOf } from '../trace.ts'

const wires = [
  ['Start', 'Agent'],
  ['Model', 'Agent', 'ai_languageModel'],
] as const
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

export const chatModelPlaces: Topic = {
  name: 'the node Speka Chat Model, where n8n puts it',

  workflows: [
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
  ],

  tests(world) {
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
      // As a tool it says what was answered, and no more.
      expect(jsonOf(world(), 'tool', 'Agent')['output']).not.toContain('costUsd')
    })
  },
}
