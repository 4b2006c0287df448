import { workflow } from '../../support/n8n/workflow.ts'
import { agent, byId, credential, items, jsonOf, outputOf, runsOf, start, type Topic } from '../topic.ts'
import { traceOf } from '../trace.ts'
import { insertInto, loader, searchIn, storeWires } from './embeddings.ts'

const model = (parameters: object = {}) => ({
  name: 'Model',
  type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
  typeVersion: 1.3,
  credentials: credential.openAi,
  parameters: { model: byId('speka/sandbox'), options: {}, ...parameters },
})
const wires = [
  ['Start', 'Agent'],
  ['Model', 'Agent', 'ai_languageModel'],
  ['Calculator', 'Agent', 'ai_tool'],
] as const
const calculator = { name: 'Calculator', type: '@n8n/n8n-nodes-langchain.toolCalculator' }

export const builtInNodes: Topic = {
  name: "n8n's own OpenAI nodes, pointed at Speka",

  workflows: [
    workflow('openai-agent', [start, agent('What is 2+3?'), calculator, model()], wires),
    workflow(
      'openai-agent-chat',
      [start, agent('What is 2+3?'), calculator, model({ responsesApiEnabled: false })],
      wires,
    ),
    workflow(
      'openai-message',
      [
        start,
        {
          name: 'OpenAI',
          type: '@n8n/n8n-nodes-langchain.openAi',
          typeVersion: 2,
          credentials: credential.openAi,
          parameters: {
            resource: 'text',
            operation: 'response',
            modelId: byId('speka/sandbox'),
            responses: { values: [{ content: 'Hello!' }] },
            builtInTools: {},
            options: {},
          },
        },
      ],
      [['Start', 'OpenAI']],
    ),
    workflow(
      'openai-image',
      [
        start,
        {
          name: 'OpenAI',
          type: '@n8n/n8n-nodes-langchain.openAi',
          typeVersion: 1.8,
          credentials: credential.openAi,
          parameters: {
            resource: 'image',
            operation: 'generate',
            model: 'gpt-image-1',
            prompt: 'A lighthouse',
            options: {},
          },
        },
      ],
      [['Start', 'OpenAI']],
    ),
    workflow(
      'openai-store',
      [
        start,
        ...items({ text: 'Lighthouses warn ships' }, { text: 'Bread needs flour' }),
        insertInto('openai'),
        loader,
        searchIn('openai', 'Bread needs flour'),
        {
          name: 'Embeddings',
          type: '@n8n/n8n-nodes-langchain.embeddingsOpenAi',
          typeVersion: 1.2,
          credentials: credential.openAi,
          parameters: { model: 'speka/sandbox', options: {} },
        },
      ],
      storeWires,
    ),
  ],

  tests(world) {
    test.each([{ id: 'openai-agent' }, { id: 'openai-agent-chat' }])(
      'an Agent calls a tool and answers: $id',
      ({ id }) => {
        expect(jsonOf(world(), id, 'Agent')['output']).toMatch(/Calculator answered/)
        expect(runsOf(world(), id, 'Calculator')).toHaveLength(1)
        // From the Responses API, n8n reads no counts, OpenAI's neither.
        const [first] = traceOf(world(), id)
        if (id === 'openai-agent-chat') expect(first?.tokenUsage?.promptTokens).toBeGreaterThan(0)
      },
    )

    test('the node OpenAI is answered at /responses', () => {
      expect(JSON.stringify(outputOf(world(), 'openai-message', 'OpenAI'))).toContain('Hello!')
    })

    test('the node OpenAI draws', () => {
      expect(outputOf(world(), 'openai-image', 'OpenAI')[0]?.binary?.['data']?.mimeType).toBe('image/png')
    })

    test('a vector store is filled, and finds', () => {
      const [found] = outputOf(world(), 'openai-store', 'Search')
      expect(found?.json['document']).toMatchObject({ pageContent: 'Bread needs flour' })
    })
  },
}
