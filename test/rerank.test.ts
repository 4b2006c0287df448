import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway, formatUsd, parseUsd } from '@speka/core/node'
import { startApp, type StartedApp } from './support/start-app.ts'

/** Rankings from socket to socket: through the sandbox, and through an upstream that answers as Cohere does. */

const query = 'Which river is the longest?'
const documents = ['The Amazon carries the most water.', 'The longest river is the Nile.', 'Mountains are high.']

const zero = parseUsd('0')
let cohere: Server
let app: StartedApp
let status = 200
const heard: { url: string | undefined; authorization: string | undefined; body: unknown }[] = []

beforeAll(async () => {
  cohere = createServer((request, response) => {
    void textOf(request).then((text) => {
      heard.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(text) })
      const { documents: texts } = JSON.parse(text) as { documents: string[] }
      const results = texts.map((_, index) => ({ index, relevance_score: 0.9 - index / texts.length }))
      const answer = { id: 'cohere-1', results, meta: { billed_units: { search_units: 2 } } }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(status === 200 ? answer : { message: 'too busy' }))
    })
  })
  await new Promise<void>((resolve) => void cohere.listen(0, '127.0.0.1', resolve))
  const { port } = cohere.address() as AddressInfo
  app = await startApp({
    providers: { cohere: { type: 'cohere', base_url: `http://127.0.0.1:${port}/v2`, api_key: 'a-key-of-cohere' } },
    models: {
      'rerank-v3.5': {
        targets: [{ provider: 'cohere' }],
        endpoints: ['rerank'],
        price: { search: '0.002' },
      },
    },
    routing: { fallbacks: { 'rerank-v3.5': ['speka/sandbox'] }, max_attempts: 2 },
  })
})

afterAll(async () => {
  await app?.close()
  cohere?.close()
})

beforeEach(() => {
  status = 200
  heard.length = 0
})

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

async function post(path: string, body: object) {
  const response = await fetch(`${app.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

test.each(['/v1/rerank', '/v2/rerank'])(
  'POST %s ranks by the words that are shared, and costs its tokens',
  async (path) => {
    const { status: code, headers, body } = await post(path, { model: 'speka/sandbox', query, documents, top_n: 2 })
    expect(code).toBe(200)
    expect(body).toMatchObject({
      model: 'speka/sandbox',
      results: [{ index: 1 }, { index: 0 }],
      meta: { billed_units: { search_units: 1 } },
      usage: { search_units: 1, cost_details: { total: headers.get('x-speka-cost-usd') } },
    })
    expect(app.settled.at(-1)).toMatchObject({ endpoint: 'rerank', outcome: 'complete', usage: { searches: 1 } })
  },
)

test('Cohere is asked with its key, and the search units that it counts are what is paid', async () => {
  const { headers, body } = await post('/v2/rerank', { model: 'rerank-v3.5', query, documents: many(101) })
  expect(heard).toEqual([
    {
      url: '/v2/rerank',
      authorization: 'Bearer a-key-of-cohere',
      body: { model: 'rerank-v3.5', query, documents: many(101) },
    },
  ])
  expect(headers.get('x-speka-cost-usd')).toBe('0.004')
  expect(body).toMatchObject({ id: 'cohere-1', usage: { search_units: 2, cost_details: { total: '0.004' } } })
  expect(formatUsd(app.settled.at(-1)?.charge ?? zero)).toBe('0.004')
})

test('whoever fails is followed by the next', async () => {
  status = 503
  const { headers, body } = await post('/v1/rerank', { model: 'rerank-v3.5', query, documents, return_documents: true })
  expect(headers.get('x-speka-provider')).toBe('sandbox')
  expect(body).toMatchObject({
    model: 'speka/sandbox',
    results: [{ index: 1, document: { text: documents[1] } }, {}, {}],
  })
})

test('what a ranking would cost is told beforehand', async () => {
  const { body } = await post('/v1/route/explain', { model: 'rerank-v3.5', query, documents: many(150) })
  expect(body).toMatchObject({
    endpoint: 'rerank',
    candidates: [{ model: 'rerank-v3.5', cost: { least: '0.004', most: '0.004' } }, { provider: 'sandbox' }],
  })
  expect(heard).toEqual([])
})

test.each([
  ['nothing to rank', { documents: [] }, 'documents'],
  ['a hundred thousand documents', { documents: many(100_000) }, 'documents'],
  ['a negative number of results', { documents, top_n: -1 }, 'top_n'],
])('%s is refused in OpenAI’s envelope', async (_, more, param) => {
  const { status: code, body } = await post('/v2/rerank', { model: 'rerank-v3.5', query, ...more })
  expect(code).toBe(400)
  expect(body).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_value', param } })
  expect(heard).toEqual([])
})

test('a model that does not rank is named as one of another endpoint', async () => {
  const { status: code, body } = await post('/v1/chat/completions', {
    model: 'rerank-v3.5',
    messages: [{ role: 'user', content: 'Hi' }],
  })
  expect(code).toBe(400)
  expect(body).toMatchObject({ error: { code: 'wrong_endpoint', message: expect.stringContaining('/v1/rerank') } })
})

test('in process a ranking is a call of its own, and the gateway’s fetch has both paths', async () => {
  const gateway = createGateway({ config: {} })
  const answer = await gateway.rerank({ model: 'speka/sandbox', query, documents, top_n: 1 })
  expect(answer).toMatchObject({
    results: [{ index: 1 }],
    provider: 'sandbox',
    cost: answer.usage?.cost_details?.total,
  })
  for (const path of ['/v1/rerank', '/v2/rerank']) {
    const body = JSON.stringify({ model: 'speka/sandbox', query, documents })
    const response = await gateway.fetch(`http://gateway${path}`, { method: 'POST', body })
    expect(await response.json()).toMatchObject({ results: [{ index: 1 }, {}, {}] })
  }
})

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `document ${index}`)
}
