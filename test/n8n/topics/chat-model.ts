import { workflow } from '../../support/n8n/workflow.ts'
import {
  agent,
  byId,
  chatModel,
  credential,
  errorOf,
  items,
  jsonOf,
  outputOf,
  requestsWith,
  runsOf,
  start,
  type Topic,
} from '../topic.ts'
import { traceOf } from '../trace.ts'

const calculator = { name: 'Calculator', type: '@n8n/n8n-nodes-langchain.toolCalculator' }
const wires = [
  ['Start', 'Agent'],
  ['Model', 'Agent', 'ai_languageModel'],
] as const
const withTool = [...wires, ['Calculator', 'Agent', 'ai_tool']] as const
const sandbox = 'speka/sandbox'
/** So that a request is mostly this, whatever n8n puts around it. */
const long = 'and more '.repeat(100)
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

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
        agent(`agent-run-cost ${long}`),
        calculator,
        chatModel('acme/dear', { options: { maxCostUsd: 0.8, maxTokens: 40 } }),
      ],
      withTool,
    ),
    workflow(
      'chain-of-five',
      [
        start,
        ...items({ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }, { n: 5 }),
        {
          name: 'Chain',
          type: '@n8n/n8n-nodes-langchain.chainLlm',
          typeVersion: 1.7,
          parameters: { promptType: 'define', text: `=${long} {{ $json.n }}` },
          onError: 'continueRegularOutput',
        },
        chatModel('acme/dear', { options: { maxCostUsd: 1, maxTokens: 40 } }),
      ],
      [
        ['Start', 'List'],
        ['List', 'Items'],
        ['Items', 'Chain'],
        ['Model', 'Chain', 'ai_languageModel'],
      ],
    ),
    workflow(
      'agent-schema',
      [
        start,
        agent('agent-schema'),
        calculator,
        chatModel('acme/recorder', {
          options: { responseFormat: 'json_schema', jsonSchema: JSON.stringify(schema) },
        }),
      ],
      withTool,
    ),
    workflow(
      'agent-codex',
      [start, agent('agent-codex'), chatModel('acme/codex', { options: { maxCostUsd: 0.5 } })],
      wires,
    ),
    workflow(
      'agent-cost',
      [
        start,
        agent('What is 2+3?'),
        calculator,
        chatModel(sandbox),
        {
          name: 'After',
          type: 'n8n-nodes-base.code',
          typeVersion: 2,
          parameters: { jsCode: "return [{ json: { costUsd: $execution.customData.get('speka_cost_usd') } }]" },
        },
      ],
      [...withTool, ['Agent', 'After']],
    ),
    workflow('agent-unknown-model', [start, agent('Hello!'), chatModel('speka/sandbux')], wires),
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

    test('counts the limit over what runs at once: n8n sends five items of a chain together', () => {
      const costs = traceOf(world(), 'chain-of-five').map(({ tokenUsage }) => tokenUsage?.cost ?? 0)
      expect(costs.some((cost) => cost > 0)).toBe(true)
      expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeLessThanOrEqual(1)
      const errors = outputOf(world(), 'chain-of-five', 'Chain').flatMap(({ json: { error } }) => error ?? [])
      expect(errors.length).toBeGreaterThan(0)
      for (const error of errors) expect(error).toMatch(/^"Max Cost per Run \(USD\)" is 1, of which [\d.]+ is spent\./)
    })

    test('says how the limit stands, and not that a bill is unpaid', () => {
      const error = errorOf(world(), 'agent-run-cost', 'Agent')
      expect(error['message']).toMatch(/^"Max Cost per Run \(USD\)" is 0\.8, of which [\d.]+ is spent\..*it may cost/)
      expect(error['description']).toMatch(/Raise "Max Cost per Run"/)
      expect(JSON.stringify(error)).not.toMatch(/payment/i)
    })

    test('sends a JSON schema beside the tools of an Agent', () => {
      expect(requestsWith(world(), 'agent-schema')[0]).toMatchObject({
        response_format: { type: 'json_schema', json_schema: { schema, strict: true } },
        tools: [{ type: 'function', function: { name: 'Calculator' } }],
      })
    })

    test('tells the cost of a model whose name LangChain asks at another endpoint', () => {
      expect(traceOf(world(), 'agent-codex')[0]?.tokenUsage?.cost).toBeGreaterThan(0)
    })

    test('hands the cost of a run on to a Code node after the Agent', () => {
      const costs = traceOf(world(), 'agent-cost').map(({ tokenUsage }) => tokenUsage?.cost ?? 0)
      expect(costs).toHaveLength(2)
      expect(Number(jsonOf(world(), 'agent-cost', 'After')['costUsd'])).toBeCloseTo(
        costs.reduce((sum, each) => sum + each, 0),
        12,
      )
    })

    test.each([
      { id: 'agent-wrong-key', says: /key/i, advice: /"Speka API" credential/ },
      { id: 'agent-down', says: /^Nothing answers at http:\/\/127/, advice: /Is the gateway running/ },
      { id: 'agent-unknown-model', says: /speka\/sandbux/, advice: /From List/ },
    ])('says why it cannot answer, and what to do: $id', ({ id, says, advice }) => {
      const { message, description } = errorOf(world(), id, 'Agent')
      expect(message).toMatch(says)
      expect(description).toMatch(advice)
    })
  },
}
