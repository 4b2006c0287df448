import { EmbeddingsSpeka } from '../nodes/EmbeddingsSpeka/EmbeddingsSpeka.node.ts'
import { fakeContext, type FakeOptions } from './context.fake.ts'

interface Embeddings {
  embedDocuments(texts: string[]): Promise<number[][]>
  embedQuery(text: string): Promise<number[]>
}

async function supply(options: object = {}, more: Partial<FakeOptions> = {}) {
  const fake = fakeContext({ parameters: { model: { mode: 'id', value: 'speka/sandbox' }, options }, ...more })
  const { response } = await new EmbeddingsSpeka().supplyData.call(fake.context, 0)
  return { ...fake, embeddings: response as Embeddings }
}

const inputsOf = (sent: readonly { body?: unknown }[]) =>
  sent.map(({ body }) => (JSON.parse(String(body)) as { input: unknown }).input)

test('documents are sent in batches, and their vectors come in order', async () => {
  const { embeddings, sent } = await supply({ batchSize: 2, dimensions: 8 })
  const vectors = await embeddings.embedDocuments(['a', 'b', 'c', 'd', 'e'])
  expect(inputsOf(sent)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(vectors).toHaveLength(5)
  expect(vectors[2]).toEqual(await embeddings.embedQuery('c'))
  expect(vectors[0]).toHaveLength(8)
})

test('no documents are no request', async () => {
  const { embeddings, sent } = await supply()
  expect(await embeddings.embedDocuments([])).toEqual([])
  expect(sent).toEqual([])
})

test('line breaks become spaces unless they are to stay, and an empty text becomes a space', async () => {
  const stripping = await supply()
  await stripping.embeddings.embedDocuments(['a\r\nb\nc', ''])
  expect(inputsOf(stripping.sent)).toEqual([['a b c', ' ']])
  const keeping = await supply({ stripNewLines: false })
  await keeping.embeddings.embedQuery('a\nb')
  expect(inputsOf(keeping.sent)).toEqual([['a\nb']])
})

test('each call shows what went in, and what it cost', async () => {
  const { embeddings, shown } = await supply({ batchSize: 1 })
  await embeddings.embedDocuments(['a', 'b'])
  expect(shown.input).toEqual([[[{ json: { documents: ['a', 'b'] } }]]])
  expect(shown.output).toEqual([
    [
      [
        {
          json: {
            vectors: 2,
            dimensions: expect.any(Number),
            model: 'speka/sandbox',
            attempts: [
              expect.objectContaining({ outcome: 'answered' }),
              expect.objectContaining({ outcome: 'answered' }),
            ],
            tokenUsage: {
              promptTokens: expect.any(Number),
              completionTokens: 0,
              totalTokens: expect.any(Number),
              cost: expect.any(Number),
            },
          },
        },
      ],
    ],
  ])
})

test('what calls cost is kept with the execution', async () => {
  const { embeddings, customData, shown } = await supply()
  await embeddings.embedDocuments(['a', 'b'])
  const [[[{ json }]]] = shown.output as [[[{ json: { tokenUsage: { cost: number } } }]]]
  expect(Number(customData.get('speka_cost_usd'))).toBe(json.tokenUsage.cost)
})

test('a failure is shown, and thrown with what to do', async () => {
  const { embeddings, shown } = await supply({}, { send: noSuchModel })
  await expect(embeddings.embedQuery('a')).rejects.toMatchObject({
    message: 'No such model.',
    description: expect.stringContaining('From List'),
  })
  expect(shown.output).toEqual([expect.objectContaining({ message: 'No such model.' })])
})

test('the cost limit goes along as what is left of the run', async () => {
  const { embeddings, sent } = await supply({ maxCostUsd: 0.5, batchSize: 1 })
  await embeddings.embedDocuments(['a'.repeat(4_000_000), 'b'])
  const [first, second] = sent.map(({ headers }) => Number(headers?.['x-speka-max-cost-usd']))
  expect(first).toBe(0.5)
  expect(second).toBeLessThan(0.5)
})

test('each item has its own key and address, where the credential is made of expressions', async () => {
  const fake = fakeContext({
    parameters: { model: { mode: 'id', value: 'speka/sandbox' } },
    credential: [{}, { apiKey: 'sk-two', baseUrl: 'http://two.test' }],
  })
  const { response } = await new EmbeddingsSpeka().supplyData.call(fake.context, 1)
  await (response as Embeddings).embedQuery('a')
  expect({ keys: fake.keys, host: new URL(String(fake.sent[0]?.url)).host }).toEqual({
    keys: ['sk-two'],
    host: 'two.test',
  })
})

const noSuchModel = async () => ({
  statusCode: 404,
  headers: {},
  body: Buffer.from(JSON.stringify({ error: { message: 'No such model.', code: 'model_not_found', param: 'model' } })),
})
