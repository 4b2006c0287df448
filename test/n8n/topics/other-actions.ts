import { workflow } from '../../support/n8n/workflow.ts'
import { byId, chat, jsonOf, outputOf, speka, start, type Topic } from '../topic.ts'

const wires = [['Start', 'Speka']] as const
const sandbox = 'speka/sandbox'

export const otherActions: Topic = {
  name: 'the node Speka: images, embeddings, models, usage',

  workflows: [
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
    workflow('one-model', [start, speka('model', 'getAll', { limit: 1 })], wires),
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
  ],

  tests(world) {
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
      const models = outputOf(world(), 'models', 'Speka').map(({ json }) => json)
      expect(models).toContainEqual(jsonOf(world(), 'model', 'Speka'))
      expect(outputOf(world(), 'one-model', 'Speka')).toHaveLength(1)
      expect(jsonOf(world(), 'model', 'Speka')).toMatchObject({ id: sandbox, inputUsdPer1m: 0.1, outputUsdPer1m: 0.2 })
    })

    test('shows what a key has spent, and what one request cost', () => {
      expect(jsonOf(world(), 'key', 'Speka')).toMatchObject({ object: 'key', mode: 'live' })
      expect(jsonOf(world(), 'request', 'Record')).toMatchObject({
        object: 'generation',
        cost: jsonOf(world(), 'request', 'Speka')['costUsd'],
      })
    })
  },
}
