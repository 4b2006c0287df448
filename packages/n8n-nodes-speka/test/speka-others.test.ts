import { bodyOf, model, reply, run } from './speka-node.fake.ts'

describe('images', () => {
  test('go into binary fields, the first into the one that was named', async () => {
    const { items, sent } = await run({ parameters: image({ options: { count: 2, size: '64x64', quality: 'high' } }) })
    expect(bodyOf(sent[0] ?? {})).toMatchObject({ n: 2, size: '64x64', quality: 'high', response_format: 'b64_json' })
    expect(
      Object.entries(items[0]?.binary ?? {}).map(([name, { fileName, mimeType }]) => ({ name, fileName, mimeType })),
    ).toEqual([
      { name: 'picture', fileName: 'picture.png', mimeType: 'image/png' },
      { name: 'picture_1', fileName: 'picture_1.png', mimeType: 'image/png' },
    ])
    expect(items[0]?.json).toMatchObject({ images: 2, costUsd: 0.02, text: 'A lighthouse' })
  })

  test('that a provider gives only the address of are fetched, without the key', async () => {
    const address = 'https://images.example/1.png'
    const { items, sent, sentWithoutKey } = await run({
      parameters: image(),
      send: async ({ url }) =>
        url === address
          ? { statusCode: 200, headers: {}, body: Buffer.from('\u00ff\u00d8\u00ff', 'latin1') }
          : reply(200, { created: 0, data: [{ url: address }] }),
    })
    expect(sent.map(({ url }) => url)).toEqual(['http://gateway.test/v1/images/generations'])
    expect(sentWithoutKey.map(({ url }) => url)).toEqual([address])
    expect(items[0]?.binary?.['picture']).toMatchObject({ mimeType: 'image/jpeg', fileName: 'picture.jpg' })
  })
})

describe('embeddings', () => {
  test('are one vector for a text, and a list for a list', async () => {
    const one = await run({ parameters: embedding('A', { dimensions: 8 }) })
    expect(one.items[0]?.json).toMatchObject({ text: 'A', embedding: expect.arrayContaining([expect.any(Number)]) })
    const two = await run({ parameters: embedding(['A', 'B']) })
    expect(two.items[0]?.json['embeddings']).toHaveLength(2)
  })

  test.each(['', '  ', [], ['A', ''], undefined])('of %j are refused', async (input) => {
    await expect(run({ parameters: embedding(input) })).rejects.toThrow('"Text" is empty.')
  })
})

describe('models and usage', () => {
  test('come from the gateway', async () => {
    const { items } = await run({ parameters: { resource: 'model', operation: 'getAll', kind: 'chat' } })
    expect(items.map(({ json }) => json)).toContainEqual(
      expect.objectContaining({ id: 'speka/sandbox', inputUsdPer1m: 0.1 }),
    )
    const one = await run({
      parameters: { resource: 'model', operation: 'get', model: model('speka/sandbox'), simplify: false },
    })
    expect(one.sent[0]?.url).toBe('http://gateway.test/v1/models/speka%2Fsandbox')
    expect(one.items[0]?.json).toMatchObject({ object: 'model', pricing: { currency: 'USD' } })
    const key = await run({
      parameters: { resource: 'usage', operation: 'getKey' },
      send: async () => reply(200, { object: 'key' }),
    })
    expect(key.items[0]?.json).toEqual({ object: 'key' })
  })

  test.each([
    { parameters: {}, ids: 50 },
    { parameters: { limit: 2 }, ids: 2 },
    { parameters: { returnAll: true, limit: 2 }, ids: 60 },
    { parameters: { returnAll: true, kind: 'images' }, ids: 10 },
  ])('are an item for each model, up to a limit: $parameters', async ({ parameters, ids }) => {
    const data = Array.from({ length: 60 }, (_, n) => ({ id: `m/${n}`, endpoint: n % 6 === 0 ? 'images' : 'chat' }))
    const { items } = await run({
      parameters: { resource: 'model', operation: 'getAll', ...parameters },
      send: async () => reply(200, { object: 'list', data }),
    })
    expect(items).toHaveLength(ids)
    expect(new Set(items.map(({ json }) => json['id'])).size).toBe(ids)
    expect(new Set(items.map(({ pairedItem }) => pairedItem))).toEqual(new Set([{ item: 0 }]))
  })

  test('need the id of a request', async () => {
    await expect(run({ parameters: { resource: 'usage', operation: 'getRequest', requestId: ' ' } })).rejects.toThrow(
      '"Request ID" is empty.',
    )
  })
})

const image = (more: object = {}) => ({
  resource: 'image',
  operation: 'generate',
  model: model('speka/sandbox'),
  prompt: 'A lighthouse',
  binaryPropertyName: 'picture',
  ...more,
})

const embedding = (input: unknown, options: object = {}) => ({
  resource: 'embedding',
  operation: 'create',
  model: model('speka/sandbox'),
  input,
  options,
})
