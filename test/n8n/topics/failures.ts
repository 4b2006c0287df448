import { workflow } from '../../support/n8n/workflow.ts'
import { byId, chat, credential, errorOf, GATEWAY, items, KEY, outputOf, runsOf, start, type Topic } from '../topic.ts'

const wires = [['Start', 'Speka']] as const
const listWires = [
  ['Start', 'List'],
  ['List', 'Items'],
  ['Items', 'Speka'],
] as const
const options = (given: object) => ({ options: given })
const sandbox = 'speka/sandbox'

export const failures: Topic = {
  name: 'the node Speka: failures',

  workflows: [
    workflow(
      'all-down',
      [
        start,
        chat('speka/sandbox:500', 'Hello!', { fallbackModels: { models: [{ model: byId('speka/sandbox:503') }] } }),
      ],
      wires,
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
    workflow(
      'key-of-item',
      [
        start,
        ...items({ url: GATEWAY, key: 'sk-of-nobody' }, { url: GATEWAY, key: KEY }),
        { ...chat(sandbox, 'Hello!'), credentials: credential.ofItem, onError: 'continueRegularOutput' },
      ],
      listWires,
    ),
    workflow('down', [start, { ...chat(sandbox, 'Hello!'), credentials: credential.down }], wires),
    workflow('not-a-gateway', [start, { ...chat(sandbox, 'Hello!'), credentials: credential.notAGateway }], wires),
    workflow('slow', [start, chat('speka/sandbox:wait@60000', 'Hello!', options({ timeout: 1 }))], wires),
  ],

  tests(world) {
    test('says what was tried when nothing answered', () => {
      const { message, description } = errorOf(world(), 'all-down', 'Speka')
      expect(message).toContain('503')
      expect(description).toMatch(/Tried: speka\/sandbox:500 at sandbox \(transient, status 500\)/)
    })

    test('goes on after an item that failed, when told to', () => {
      const [first, second, third] = outputOf(world(), 'continue', 'Speka')
      expect([first, third].map((item) => item?.json['text'])).toEqual([expect.any(String), expect.any(String)])
      expect(second?.json).toMatchObject({
        error: expect.stringContaining('speka/sandbux'),
        details: expect.objectContaining({ code: 'model_not_found', status: 404 }),
      })
    })

    test('asks for each item with its own key, where the credential is made of expressions', () => {
      const [refused, answered] = outputOf(world(), 'key-of-item', 'Speka')
      expect(refused?.json).toMatchObject({ error: expect.any(String), details: { status: 401 } })
      expect(answered?.json).toMatchObject({ text: expect.any(String) })
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
