import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatUsd, parseUsd } from '@speka/core'
import OpenAI from 'openai'
import { startApp, type StartedApp } from './support/start-app.ts'

/** A chat whose turns are sounds, at a model such as gpt-audio: what is heard and spoken has rates of its own. */

const usage = {
  prompt_tokens: 120,
  completion_tokens: 250,
  total_tokens: 370,
  prompt_tokens_details: { text_tokens: 20, audio_tokens: 100, cached_tokens: 0 },
  completion_tokens_details: { text_tokens: 50, audio_tokens: 200, reasoning_tokens: 0 },
}
const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'gpt-audio' }
const spoken = { id: 'audio_1', data: 'UklGRg==', expires_at: 1_790_003_600, transcript: 'Hello.' }
const message = { role: 'assistant', content: null, refusal: null, audio: spoken }

const events = [
  { delta: { role: 'assistant', content: null, audio: { id: 'audio_1', transcript: 'Hel' } }, finish_reason: null },
  { delta: { audio: { data: 'AAAA' } }, finish_reason: null },
  { delta: { audio: { transcript: 'lo.', data: 'BBBB' } }, finish_reason: null },
  { delta: {}, finish_reason: 'stop' },
]

let heard: { body: string }[] = []
let upstream: Server
let app: StartedApp
let client: OpenAI

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

const chunk = (more: object): string =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...more })}\n\n`

beforeAll(async () => {
  upstream = createServer(async (request, response) => {
    const body = await textOf(request)
    heard.push({ body })
    if (!body.includes('"stream":true')) {
      const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) response.write(chunk({ choices: [{ index: 0, logprobs: null, ...event }] }))
    response.end(`${chunk({ choices: [], usage })}data: [DONE]\n\n`)
  })
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  app = await startApp({
    providers: {
      lab: {
        type: 'openai',
        base_url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
        api_key: 'a-key-of-lab',
      },
    },
    models: {
      'lab/gpt-audio': {
        targets: [{ provider: 'lab', model: 'gpt-audio' }],
        endpoints: ['chat'],
        context_window: 128_000,
        price: { input: '2.5', output: '10', audio_input: '32', audio_output: '64' },
      },
    },
  })
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
})

afterAll(async () => {
  await app?.close()
  upstream?.closeAllConnections()
  upstream?.close()
})

beforeEach(() => {
  heard = []
})

const said = (bytes: number): OpenAI.ChatCompletionMessageParam => ({
  role: 'user',
  content: [
    { type: 'text', text: 'What is said here?' },
    { type: 'input_audio', input_audio: { data: Buffer.alloc(bytes, 7).toString('base64'), format: 'wav' } },
  ],
})
const asked = {
  model: 'lab/gpt-audio',
  modalities: ['text' as const, 'audio' as const],
  audio: { voice: 'alloy', format: 'wav' as const },
}

// 20 × 2.5 + 100 × 32 + 50 × 10 + 200 × 64, in millionths.
const COST = '0.01655'

test('what is heard and what is spoken are priced as sound', async () => {
  const answer = await client.chat.completions.create({ ...asked, messages: [said(3000)] })
  expect(answer.choices[0]?.message.audio).toEqual(spoken)
  expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({ modalities: ['text', 'audio'], audio: { voice: 'alloy' } })
  const record = app.settled.at(-1)
  expect(record?.usage).toMatchObject({ audioInputTokens: 100, audioOutputTokens: 200 })
  expect(formatUsd(record?.charge ?? parseUsd('0'))).toBe(COST)
})

test('a spoken answer comes as it is spoken', async () => {
  const stream = await client.chat.completions.create({
    ...asked,
    audio: { voice: 'alloy', format: 'pcm16' },
    messages: [said(3000)],
    stream: true,
  })
  let [transcript, sound] = ['', '']
  for await (const { choices } of stream) {
    const { audio } = (choices[0]?.delta ?? {}) as { audio?: { transcript?: string; data?: string } }
    transcript += audio?.transcript ?? ''
    sound += audio?.data ?? ''
  }
  expect([transcript, sound]).toEqual(['Hello.', 'AAAABBBB'])
  expect(formatUsd(app.settled.at(-1)?.charge ?? parseUsd('0'))).toBe(COST)
})
