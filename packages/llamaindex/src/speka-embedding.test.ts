import { Document } from '@llamaindex/core/schema'
import { createGateway, type EmbeddingsRequest, type Gateway } from '@speka/core/node'
import { SpekaEmbedding, type SpekaEmbeddingOptions } from './speka-embedding.ts'

const model = 'speka/sandbox'
const real = createGateway({ config: {} })

function watched(): Gateway & { asked: { request: EmbeddingsRequest; options: unknown }[] } {
  const asked: { request: EmbeddingsRequest; options: unknown }[] = []
  return {
    ...real,
    asked,
    embed(request, options) {
      asked.push({ request, options })
      return real.embed(request, options)
    },
  }
}

const made = (gateway: Gateway = real, more: Partial<SpekaEmbeddingOptions> = {}) =>
  new SpekaEmbedding({ model, gateway, ...more })
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `text number ${index}`)

test.each([
  { way: 'getTextEmbeddings', embed: (by: SpekaEmbedding, texts: string[]) => by.getTextEmbeddings(texts) },
  { way: 'getTextEmbeddingsBatch', embed: (by: SpekaEmbedding, texts: string[]) => by.getTextEmbeddingsBatch(texts) },
])('a thousand texts are sixteen calls by $way, for float lists', async ({ embed }) => {
  const gateway = watched()
  expect(await embed(made(gateway), numbered(1000))).toHaveLength(1000)
  expect(gateway.asked).toHaveLength(16)
  for (const { request } of gateway.asked) expect(request).toMatchObject({ encoding_format: 'float' })
})

test('every text gets its own vector', async () => {
  const texts = numbered(10)
  const embedding = made(real, { embedBatchSize: 3 })
  expect(await embedding.getTextEmbeddings(texts)).toEqual(
    await Promise.all(texts.map((text) => embedding.getTextEmbedding(text))),
  )
})

test('vectors that come in another order are put in theirs', async () => {
  const gateway: Gateway = {
    ...real,
    embed: async (request) => {
      const answer = await real.embed(request)
      return { ...answer, data: answer.data.toReversed() }
    },
  }
  expect(await made(gateway).getTextEmbeddings(numbered(3))).toEqual(await made().getTextEmbeddings(numbered(3)))
})

test('no texts are no call', async () => {
  const gateway = watched()
  expect(await made(gateway).getTextEmbeddings([])).toEqual([])
  expect(gateway.asked).toEqual([])
})

test('a question is told from texts by not being in a list; no question is none', async () => {
  const gateway = watched()
  const embedding = made(gateway)
  await embedding.getTextEmbedding('text')
  expect(await embedding.getQueryEmbedding({ type: 'text', text: 'question' })).toHaveLength(256)
  expect(await embedding.getQueryEmbedding({ type: 'image_url', image_url: { url: 'data:,' } })).toBeNull()
  expect(gateway.asked.map(({ request }) => request.input)).toEqual([['text'], 'question'])
})

test('nodes get their vectors as a transformation', async () => {
  const nodes = await made()([new Document({ text: 'Hello!' })])
  expect(nodes[0]?.embedding).toHaveLength(256)
})

test('options reach the gateway', async () => {
  const gateway = watched()
  const more = { dimensions: 8, metadata: { a: 'b' }, provider: { sort: 'price' as const }, models: ['x'] }
  const embedding = made(gateway, { ...more, timeout: 5000, maxCostUsd: '0.01', tags: ['t'] })
  expect(await embedding.getTextEmbedding('Hi')).toHaveLength(8)
  expect(embedding.embedInfo).toEqual({ dimensions: 8 })
  expect(gateway.asked[0]).toMatchObject({
    request: { model, input: ['Hi'], ...more },
    options: { timeoutMs: 5000, maxCostUsd: '0.01', tags: ['t'] },
  })
})

test('a model that cannot embed is an error that says so', async () => {
  await expect(made(real, { model: 'openai/gpt-oss-20b' }).getTextEmbedding('Hi')).rejects.toMatchObject({
    code: 'wrong_endpoint',
    status: 400,
    requestId: expect.any(String),
  })
})

test.each([0, 65, 1.5])('a batch of %p is refused', (embedBatchSize) => {
  expect(() => made(real, { embedBatchSize })).toThrow(RangeError)
})
