import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { startApp, type StartedApp } from './support/start-app.ts'

/** Moderations from socket to socket, asked with OpenAI's own client: of the sandbox, and of upstreams that answer as OpenAI and Mistral do. */

const answers: Record<string, object> = {
  '/openai/moderations': {
    id: 'modr-5',
    model: 'omni-moderation-2024-09-26',
    results: [{ flagged: true, categories: { violence: true }, category_scores: { violence: 0.9 } }],
  },
  '/mistral/moderations': {
    id: '4d71ae510af942108ef7344f903e2b88',
    model: 'mistral-moderation-latest',
    results: [{ categories: { pii: true }, category_scores: { pii: 0.8 } }],
  },
}

let upstream: Server
let app: StartedApp
let client: OpenAI
let isBusy = false
const heard: { url: string | undefined; body: unknown }[] = []

beforeAll(async () => {
  upstream = createServer((request, response) => {
    void textOf(request).then((text) => {
      heard.push({ url: request.url, body: JSON.parse(text) })
      response.writeHead(isBusy ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isBusy ? { error: { message: 'busy' } } : answers[request.url ?? '']))
    })
  })
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  app = await startApp({
    providers: {
      openai: { type: 'openai', base_url: `http://127.0.0.1:${port}/openai`, api_key: 'a' },
      mistral: { type: 'mistral', base_url: `http://127.0.0.1:${port}/mistral`, api_key: 'b' },
    },
    models: {
      'omni-moderation-latest': { targets: [{ provider: 'openai' }] },
      'mistral-moderation-latest': { targets: [{ provider: 'mistral' }], price: { input: '0.10' } },
    },
    routing: { max_attempts: 1 },
  })
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
})

afterAll(async () => {
  await app?.close()
  upstream?.close()
})

beforeEach(() => {
  isBusy = false
  heard.length = 0
})

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

test('a client that names no model is judged for by OpenAI’s usual one, for nothing', async () => {
  const { data, response } = await client.moderations.create({ input: 'I will kill you.' }).withResponse()
  expect(heard).toEqual([
    { url: '/openai/moderations', body: { model: 'omni-moderation-latest', input: 'I will kill you.' } },
  ])
  expect(data).toMatchObject({ id: 'modr-5', model: 'omni-moderation-latest', results: [{ flagged: true }] })
  expect(response.headers.get('x-speka-cost-usd')).toBe('0')
  expect(app.settled.at(-1)).toMatchObject({ endpoint: 'moderation', outcome: 'complete', charge: 0n })
})

test('Mistral’s answer says whether a text is flagged, and costs what its configuration says', async () => {
  const { data, response } = await client.moderations
    .create({ model: 'mistral-moderation-latest', input: ['My number is 1234.'] })
    .withResponse()
  expect(data).toMatchObject({
    model: 'mistral-moderation-latest',
    results: [{ flagged: true, categories: { pii: true } }],
  })
  expect(response.headers.get('x-speka-cost-usd')).toBe('0.0000005')
})

test('the sandbox judges a text by its words', async () => {
  const { results } = await client.moderations.create({
    model: 'speka/sandbox',
    input: ['What a lovely attack of kindness', 'What a lovely day'],
  })
  expect(results.map(({ flagged }) => flagged)).toEqual([true, false])
  expect(results[0]?.categories).toMatchObject({ violence: true, sexual: false })
})

test('a request that is refused, and a provider that is busy, are told in OpenAI’s envelope', async () => {
  await expect(client.moderations.create({ input: [] })).rejects.toMatchObject({ status: 400, param: 'input' })
  expect(heard).toEqual([])
  isBusy = true
  await expect(client.moderations.create({ input: 'a' })).rejects.toMatchObject({ status: 502 })
  expect(app.settled.at(-1)).toMatchObject({ outcome: 'failed', charge: 0n })
})

test('a model that judges does not chat, and what it costs is told with it', async () => {
  const chat = client.chat.completions.create({ model: 'omni-moderation-latest', messages: [] })
  await expect(chat).rejects.toMatchObject({ status: 400 })
  expect(await client.models.retrieve('omni-moderation-latest')).toMatchObject({
    endpoints: ['moderation'],
    pricing: { per_request: '0' },
  })
})
