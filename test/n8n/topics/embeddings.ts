import { workflow } from '../../support/n8n/workflow.ts'
import { byId, credential, errorOf, items, outputOf, runsOf, start, type Topic } from '../topic.ts'

const texts = ['Lighthouses warn ships', 'Bread needs flour', 'Bees make honey']

const embeddings = (more: object = {}) => ({
  name: 'Embeddings',
  type: 'n8n-nodes-speka.embeddingsSpeka',
  credentials: credential.speka,
  parameters: { model: byId('speka/sandbox'), options: { batchSize: 2, dimensions: 32 } },
  ...more,
})

/** In-memory stores are kept by key, over workflows. */
export const insertInto = (memoryKey: string) => ({
  name: 'Insert',
  type: '@n8n/n8n-nodes-langchain.vectorStoreInMemory',
  typeVersion: 1.3,
  parameters: { mode: 'insert', memoryKey: byId(memoryKey), embeddingBatchSize: 200 },
})

export const loader = {
  name: 'Loader',
  type: '@n8n/n8n-nodes-langchain.documentDefaultDataLoader',
  typeVersion: 1.1,
  parameters: { dataType: 'json', jsonMode: 'expressionData', jsonData: '={{ $json.text }}', options: {} },
}

export const searchIn = (memoryKey: string, prompt: string) => ({
  name: 'Search',
  type: '@n8n/n8n-nodes-langchain.vectorStoreInMemory',
  typeVersion: 1.3,
  executeOnce: true,
  parameters: { mode: 'load', memoryKey: byId(memoryKey), prompt, topK: 1 },
})

export const storeWires = [
  ['Start', 'List'],
  ['List', 'Items'],
  ['Items', 'Insert'],
  ['Insert', 'Search'],
  ['Loader', 'Insert', 'ai_document'],
  ['Embeddings', 'Insert', 'ai_embedding'],
  ['Embeddings', 'Search', 'ai_embedding'],
] as const

export const embeddingsTopic: Topic = {
  name: 'the node Embeddings Speka',

  workflows: [
    workflow(
      'store',
      [
        start,
        ...items(...texts.map((text) => ({ text }))),
        insertInto('speka'),
        loader,
        searchIn('speka', 'Bread needs flour'),
        embeddings(),
      ],
      [...storeWires.slice(0, -1), ['Embeddings', 'Search', 'ai_embedding']],
    ),
    workflow(
      'store-unknown-model',
      [
        start,
        ...items({ text: 'x' }),
        insertInto('speka-2'),
        loader,
        searchIn('speka-2', 'x'),
        embeddings({ parameters: { model: byId('speka/sandbux'), options: {} } }),
      ],
      storeWires,
    ),
  ],

  tests(world) {
    test('fills a vector store, and finds in it', () => {
      expect(outputOf(world(), 'store', 'Search')).toEqual([
        expect.objectContaining({
          json: expect.objectContaining({
            document: expect.objectContaining({ pageContent: 'Bread needs flour' }),
            score: expect.any(Number),
          }),
        }),
      ])
      expect(outputOf(world(), 'store', 'Search')[0]?.json['score']).toBeGreaterThan(0.99)
    })

    test('shows each call with its tokens and cost', () => {
      const calls = runsOf(world(), 'store', 'Embeddings').map(({ data }) => data?.['ai_embedding']?.[0]?.[0]?.json)
      expect(calls.length).toBeGreaterThanOrEqual(2)
      for (const call of calls) {
        expect(call).toMatchObject({
          vectors: expect.any(Number),
          dimensions: 32,
          model: 'speka/sandbox',
          tokenUsage: { promptTokens: expect.any(Number), completionTokens: 0, cost: expect.any(Number) },
        })
      }
    })

    test('says which model is not there', () => {
      const { message, description } = errorOf(world(), 'store-unknown-model', 'Insert')
      expect(`${message} ${description}`).toMatch(/speka\/sandbux/)
    })
  },
}
