import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startApp, type StartedApp } from './support/start-app.ts'

/** What came to a cloud, and what it was shown. */
interface Came {
  readonly path: string | undefined
  readonly key: unknown
  readonly body: Readonly<Record<string, unknown>>
}

const replies: readonly (readonly [path: RegExp, reply: object])[] = [
  [
    /converse$/,
    {
      output: { message: { role: 'assistant', content: [{ text: 'Nova' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
    },
  ],
  [
    /:generateContent$/,
    {
      candidates: [{ content: { parts: [{ text: 'Gemini' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4 },
    },
  ],
  [
    /invoke$|:rawPredict$/,
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'Claude' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 1 },
    },
  ],
  [
    /./,
    {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt',
      choices: [{ index: 0, message: { role: 'assistant', content: 'GPT' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    },
  ],
]

let clouds: Server
let app: StartedApp
const came: Came[] = []

const targetsOf = (provider: string, model: string) => ({
  targets: [{ provider, model }],
  price: { input: '1', output: '2' },
})

beforeAll(async () => {
  clouds = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { url, headers } = request
      const key = headers['api-key'] ?? headers['x-goog-api-key'] ?? headers['authorization']
      came.push({ path: url, key, body: JSON.parse(text) as Came['body'] })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(replies.find(([path]) => path.test(url ?? ''))?.[1]))
    })
  })
  await new Promise<void>((resolve) => clouds.listen(0, '127.0.0.1', resolve))
  const base_url = `http://127.0.0.1:${(clouds.address() as AddressInfo).port}`
  app = await startApp({
    providers: {
      azure: { type: 'azure', base_url, api_key: 'azure-key' },
      dated: { type: 'azure', base_url, api_key: 'azure-key', api_version: '2024-10-21' },
      bedrock: { type: 'bedrock', base_url, api_key: 'bedrock-key' },
      vertex: { type: 'vertex', base_url: `${base_url}/v1`, project: 'acme', api_key: 'vertex-key' },
    },
    models: {
      gpt: targetsOf('azure', 'our-gpt'),
      'dated-gpt': targetsOf('dated', 'our-gpt'),
      oss: targetsOf('bedrock', 'openai.gpt-oss-20b-1:0'),
      nova: targetsOf('bedrock', 'amazon.nova-lite-v1:0'),
      claude: targetsOf('bedrock', 'anthropic.claude-haiku-4-5-20251001-v1:0'),
      gemini: targetsOf('vertex', 'gemini-2.5-flash'),
      'vertex-claude': targetsOf('vertex', 'claude-haiku-4-5@20251001'),
    },
  })
})

beforeEach(() => {
  came.length = 0
})

afterAll(async () => {
  await app.close()
  clouds.closeAllConnections()
  clouds.close()
})

const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
  const response = await fetch(app.origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Record<string, unknown>
}

const messages = [{ role: 'user', content: 'Hi' }]
const inVertex = '/v1/projects/acme/locations/global/publishers'
const haiku = '/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke'

test.each([
  ['gpt', '/openai/v1/chat/completions', 'azure-key', 'GPT'],
  ['dated-gpt', '/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21', 'azure-key', 'GPT'],
  ['oss', '/openai/v1/chat/completions', 'Bearer bedrock-key', 'GPT'],
  ['nova', '/model/amazon.nova-lite-v1%3A0/converse', 'Bearer bedrock-key', 'Nova'],
  ['claude', haiku, 'Bearer bedrock-key', 'Claude'],
  ['gemini', `${inVertex}/google/models/gemini-2.5-flash:generateContent`, 'vertex-key', 'Gemini'],
  ['vertex-claude', `${inVertex}/anthropic/models/claude-haiku-4-5%4020251001:rawPredict`, 'vertex-key', 'Claude'],
])('%s is asked in its cloud, answers in chat, and is priced', async (model, path, key, says) => {
  const answer = await post('/v1/chat/completions', { model, messages, max_tokens: 9 })
  expect(came).toMatchObject([{ path, key }])
  expect(answer).toMatchObject({ model, choices: [{ message: { content: says } }], usage: { cost: 0.000005 } })
})

test.each([
  ['claude', haiku, 'bedrock-2023-05-31'],
  ['vertex-claude', `${inVertex}/anthropic/models/claude-haiku-4-5%4020251001:rawPredict`, 'vertex-2023-10-16'],
])('a messages request to %s goes through as it is, but for where the model stands', async (model, path, version) => {
  const answer = await post('/v1/messages', { model, max_tokens: 9, messages, odd: [1] })
  expect(came).toMatchObject([{ path }])
  expect(came[0]?.body).toEqual({ anthropic_version: version, max_tokens: 9, messages, odd: [1] })
  expect(answer).toMatchObject({ type: 'message', model, content: [{ text: 'Claude' }] })
})
