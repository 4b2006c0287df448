import type { NodeSketch } from '../../support/n8n/workflow.ts'
import { workflow } from '../../support/n8n/workflow.ts'
import {
  agent,
  byId,
  credential,
  errorOf,
  jsonOf,
  outputOf,
  requestsWith,
  runsOf,
  start,
  type Topic,
} from '../topic.ts'
import { traceOf } from '../trace.ts'

const model = (id: string, options: object = {}): NodeSketch => ({
  name: 'Model',
  type: '@n8n/n8n-nodes-langchain.lmChatAnthropic',
  typeVersion: 1.6,
  credentials: credential.anthropic,
  parameters: { model: byId(id), options },
})
const node = (parameters: object): NodeSketch => ({
  name: 'Anthropic',
  type: '@n8n/n8n-nodes-langchain.anthropic',
  credentials: credential.anthropic,
  parameters: { modelId: byId('speka/sandbox'), options: {}, ...parameters },
})
const says = (content: string, more: object = {}) => ({
  resource: 'text',
  operation: 'message',
  messages: { values: [{ content, role: 'user' }] },
  ...more,
})
const calculator = { name: 'Calculator', type: '@n8n/n8n-nodes-langchain.toolCalculator' }
const agentWires = [
  ['Start', 'Agent'],
  ['Model', 'Agent', 'ai_languageModel'],
] as const
const wires = [...agentWires, ['Calculator', 'Agent', 'ai_tool']] as const
const alone = [['Start', 'Anthropic']] as const

/** A picture of one point. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const anthropicNodes: Topic = {
  name: "n8n's own Anthropic nodes, pointed at Speka",

  workflows: [
    workflow('anthropic-agent', [start, agent('What is 2+3?'), calculator, model('speka/sandbox')], wires),
    workflow(
      'anthropic-agent-streams',
      [start, agent('What is 2+3?'), calculator, model('speka/sandbox', { streaming: true })],
      wires,
    ),
    workflow(
      'anthropic-agent-chat',
      [
        start,
        agent('anthropic-agent-chat', { options: { systemMessage: 'Be brief.' } }),
        calculator,
        model('acme/recorder', { thinkingMode: 'adaptive', effort: 'low', promptCaching: '5m' }),
      ],
      wires,
    ),
    workflow('anthropic-unknown', [start, agent('Hello!'), model('speka/sandbux')], agentWires),
    workflow('anthropic-refused', [start, agent('Hello!'), model('speka/sandbox:400')], agentWires),
    workflow(
      'anthropic-broken',
      [start, agent('Hello!'), model('speka/sandbox:cut@5', { streaming: true })],
      agentWires,
    ),
    workflow('anthropic-message', [start, node(says('Hello!', { simplify: false }))], alone),
    workflow(
      'anthropic-message-tool',
      [start, node(says('What is 2+3?')), calculator],
      [...alone, ['Calculator', 'Anthropic', 'ai_tool']],
    ),
    workflow(
      'anthropic-image',
      [
        start,
        {
          name: 'Picture',
          type: 'n8n-nodes-base.code',
          typeVersion: 2,
          parameters: {
            jsCode: `return [{ json: {}, binary: { data: { data: '${picture}', mimeType: 'image/png', fileName: 'p.png' } } }]`,
          },
        },
        node({
          resource: 'image',
          operation: 'analyze',
          text: 'What is in this picture?',
          inputType: 'binary',
          binaryPropertyName: 'data',
        }),
      ],
      [
        ['Start', 'Picture'],
        ['Picture', 'Anthropic'],
      ],
    ),
    workflow('anthropic-files', [start, node({ resource: 'file', operation: 'list' })], alone),
    workflow(
      'anthropic-prompt',
      [start, node({ resource: 'prompt', operation: 'generate', task: 'Sort mail' })],
      alone,
    ),
  ],

  tests(world) {
    test.each(['anthropic-agent', 'anthropic-agent-streams'])('an Agent calls a tool and answers: %s', (id) => {
      expect(jsonOf(world(), id, 'Agent')['output']).toMatch(/Calculator answered/)
      expect(runsOf(world(), id, 'Calculator')).toHaveLength(1)
      expect(traceOf(world(), id)).toHaveLength(2)
    })

    test('the tokens of an Agent are those that were counted', () => {
      const [first] = traceOf(world(), 'anthropic-agent')
      expect(first?.tokenUsage?.promptTokens).toBeGreaterThan(0)
      expect(first?.tokenUsage?.completionTokens).toBeGreaterThan(0)
    })

    test('a model that speaks chat alone is asked by an Agent with tools, thinking and caching', () => {
      expect(jsonOf(world(), 'anthropic-agent-chat', 'Agent')['output']).toBe('The recorder has it.')
      const [first, second] = requestsWith(world(), 'anthropic-agent-chat')
      expect(first).toMatchObject({ messages: [{ role: 'system' }, { role: 'user' }], reasoning_effort: 'low' })
      expect(second).toMatchObject({ messages: [{}, {}, { role: 'assistant' }, { role: 'tool' }] })
      expect(JSON.stringify(second)).toContain('"tool_call_id":"call_1"')
    })

    test.each([
      { what: 'which model there is not', id: 'anthropic-unknown', says: 'No model is called "speka/sandbux"' },
      { what: 'why a request was refused', id: 'anthropic-refused', says: 'Provider "sandbox" refused the request' },
    ])('an Agent is told $what', ({ id, says }) => {
      expect(errorOf(world(), id, 'Model')['description']).toContain(says)
    })

    test('an Agent is told that a stream broke', () => {
      expect(errorOf(world(), 'anthropic-broken', 'Model')['message']).toContain('closed the connection')
    })

    test('the node Anthropic is answered, with what it cost', () => {
      expect(jsonOf(world(), 'anthropic-message', 'Anthropic')).toMatchObject({
        type: 'message',
        content: [{ type: 'text', text: expect.stringContaining('Hello!') }],
        usage: { cost: expect.any(Number) },
      })
    })

    test('the node Anthropic calls a tool', () => {
      expect(JSON.stringify(outputOf(world(), 'anthropic-message-tool', 'Anthropic'))).toContain('Calculator answered')
    })

    test('the node Anthropic shows a picture', () => {
      expect(JSON.stringify(outputOf(world(), 'anthropic-image', 'Anthropic'))).toContain('sent 1 image')
    })

    test.each([
      { id: 'anthropic-files', says: 'The gateway keeps no files.' },
      { id: 'anthropic-prompt', says: 'There is nothing at POST /v1/experimental/generate_prompt.' },
    ])('what the gateway does not have is said: $id', ({ id, says }) => {
      expect(errorOf(world(), id, 'Anthropic')['description']).toContain(says)
    })
  },
}
