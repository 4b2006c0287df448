import { createGateway, type EmbeddingsRequest, type Gateway } from '@speka/core/node'
import { watchedGateway } from './gateway.fake.ts'
import { SpekaEmbeddings, type SpekaEmbeddingsFields } from './speka-embeddings.ts'

const model = 'speka/sandbox'
const made = (gateway: Gateway, more: Partial<SpekaEmbeddingsFields> = {}) =>
  new SpekaEmbeddings({ model, gateway, ...more })
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `text number ${index}`)

/** A gateway whose vectors are the numbers in the texts, given in this order. */
const inOrder = (order: (data: object[]) => object[]): Gateway => ({
  ...createGateway({ config: {} }),
  embed: async ({ input }) => ({
    object: 'list',
    model,
    data: order(
      (input as string[]).map((text, index) => ({ object: 'embedding', index, embedding: [Number(text)] })),
    ) as never,
    requestId: '' as never,
    cost: '0',
    isEstimated: false,
    provider: 'fake',
    attempts: [],
  }),
})

test('a thousand texts are sixteen calls of at most 64, for float lists', async () => {
  const gateway = watchedGateway()
  const vectors = await made(gateway).embedDocuments(numbered(1000))
  expect(vectors).toHaveLength(1000)
  expect(gateway.asked).toHaveLength(16)
  for (const { request } of gateway.asked) {
    expect((request as EmbeddingsRequest).input.length).toBeLessThanOrEqual(64)
    expect(request).toMatchObject({ encoding_format: 'float' })
  }
})

test('every text gets its own vector', async () => {
  const embeddings = made(createGateway({ config: {} }), { batchSize: 3 })
  const texts = numbered(10)
  const vectors = await embeddings.embedDocuments(texts)
  expect(vectors).toEqual(await Promise.all(texts.map((text) => embeddings.embedQuery(text))))
})

test('vectors that come in another order are put in theirs', async () => {
  const texts = ['0', '1', '2', '3']
  expect(await made(inOrder((data) => data.toReversed())).embedDocuments(texts)).toEqual([[0], [1], [2], [3]])
})

test("a vector that is missing is an error, and never another text's", async () => {
  const embedding = made(inOrder((data) => data.slice(1))).embedDocuments(['0', '1'])
  await expect(embedding).rejects.toMatchObject({ code: 'upstream_bad_response', status: 502 })
})

test('no texts are no call', async () => {
  const gateway = watchedGateway()
  expect(await made(gateway).embedDocuments([])).toEqual([])
  expect(gateway.asked).toEqual([])
})

test('options reach the gateway', async () => {
  const gateway = watchedGateway()
  const more = { dimensions: 8, user: 'u', metadata: { a: 'b' }, provider: { sort: 'price' as const }, models: ['x'] }
  const vector = await made(gateway, { ...more, timeout: 5000, maxCostUsd: 0.01, tags: ['t'] }).embedQuery('Hi')
  expect(vector).toHaveLength(8)
  expect(gateway.asked[0]).toMatchObject({
    request: { model, input: 'Hi', ...more },
    options: { timeoutMs: 5000, maxCostUsd: '0.01', tags: ['t'] },
  })
})

test('a question is told from texts by not being in a list', async () => {
  const gateway = watchedGateway()
  await made(gateway).embedDocuments(['text'])
  await made(gateway).embedQuery('question')
  expect(gateway.asked.map(({ request }) => (request as EmbeddingsRequest).input)).toEqual([['text'], 'question'])
})

test.each([0, 65, 1.5, Number.NaN])('a batch of %p is refused', (batchSize) => {
  expect(() => made(createGateway({ config: {} }), { batchSize })).toThrow(RangeError)
})

test('a key shows in no log', () => {
  const embeddings = new SpekaEmbeddings({ model, apiKey: 'sk-speka-live-secret' })
  expect(JSON.stringify(embeddings) + Object.keys(embeddings).join()).not.toMatch(/secret|connection|fields/)
})
