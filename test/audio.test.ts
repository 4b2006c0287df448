import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatUsd, parseUsd } from '@speka/core'
import { createGateway } from '@speka/core/node'
import OpenAI from 'openai'
import { silentMp3, wavOf } from '../packages/core/src/sandbox/sounds.ts'
import { createKeyRecord } from '../packages/server/src/keys/create-key.ts'
import { put } from '../packages/server/src/store/__fixtures__/records.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

/** Sound from socket to socket, as OpenAI's own client asks for it. */

const MiB = 1024 * 1024
const wav = (seconds: number): Buffer => wavOf(Buffer.alloc(seconds * 16_000, 1), 8000)

/** What the upstream answers with, by the format that it is asked for. */
const answers: Record<string, { type: string; body: string }> = {
  json: { type: 'application/json', body: '{"text":"Hello there."}' },
  verbose_json: {
    type: 'application/json',
    body: '{"task":"transcribe","language":"english","duration":2.4,"text":"Hello there.","segments":[{"id":0}]}',
  },
  text: { type: 'text/plain; charset=utf-8', body: 'Hello there.\n' },
  srt: { type: 'text/plain; charset=utf-8', body: '1\n00:00:00,000 --> 00:00:02,000\nHello there.\n' },
  vtt: { type: 'text/vtt', body: 'WEBVTT\n\n00:00.000 --> 00:02.000\nHello there.\n' },
}

const events = `data: {"type":"transcript.text.delta","delta":"Hello "}

data: {"type":"transcript.text.delta","delta":"there."}

data: {"type":"transcript.text.done","text":"Hello there.","usage":{"type":"tokens","input_tokens":20,"input_token_details":{"text_tokens":5,"audio_tokens":15},"output_tokens":4,"total_tokens":24}}

`

const fieldIn = (head: string, name: string): string | undefined =>
  new RegExp(`name="${name}"\r\n\r\n([^\r]*)`).exec(head)?.[1]

let heard: { url: string; bytes: number; head: string }[] = []

function answer(request: IncomingMessage, response: ServerResponse): void {
  const seen = { url: request.url ?? '', bytes: 0, head: '' }
  request.on('data', (chunk: Buffer) => {
    seen.bytes += chunk.length
    if (seen.head.length < 4000) seen.head += chunk.toString('latin1', 0, 4000)
  })
  request.on('end', () => {
    heard.push(seen)
    if (fieldIn(seen.head, 'prompt') === 'no sound') {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"error":{"message":"Invalid file format.","type":"invalid_request_error","param":"file"}}')
    } else if (fieldIn(seen.head, 'stream') === 'true') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events)
    } else {
      const { type = '', body = '' } = answers[fieldIn(seen.head, 'response_format') ?? 'json'] ?? {}
      response.writeHead(200, { 'content-type': type }).end(body)
    }
  })
}

let upstream: Server
let app: StartedApp
let client: OpenAI

beforeAll(async () => {
  upstream = createServer(answer)
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  const base_url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  const endpoints = ['transcription', 'translation', 'speech']
  const targets = [{ provider: 'lab', model: 'whisper' }]
  app = await startApp({
    providers: { lab: { type: 'openai-compatible', base_url, api_key: 'a-key-of-lab' } },
    models: {
      'lab/by-second': { endpoints, targets, price: { second: '0.001' } },
      'lab/by-token': { endpoints, targets, price: { input: '1', audio_input: '6', output: '10' } },
      'lab/free': {
        endpoints,
        targets: [{ provider: 'sandbox', model: 'speka/sandbox' }],
        price: { character: '0.01' },
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

const fileOf = (bytes: Buffer, name = 'talk.wav'): File =>
  new File([new Uint8Array(bytes)], name, { type: 'audio/wav' })

const last = () => {
  const record = app.settled.at(-1)
  return { ...record, charged: formatUsd(record?.charge ?? parseUsd('0')) }
}

describe('a transcript', () => {
  test('of an upstream that counts nothing is charged by the length of the recording, and marked', async () => {
    const { data, response } = await client.audio.transcriptions
      .create({ file: fileOf(wav(7)), model: 'lab/by-second' })
      .withResponse()
    expect(data).toEqual({
      text: 'Hello there.',
      usage: { type: 'duration', seconds: 7, estimated: true, cost: 0.007, cost_details: { total: '0.007' } },
    })
    expect(response.headers.get('x-speka-cost-usd')).toBe('0.007')
    expect(last()).toMatchObject({ charged: '0.007', usage: { seconds: 7, estimated: true } })
  })

  test('that says its own length is believed', async () => {
    await client.audio.transcriptions.create({
      file: fileOf(wav(7)),
      model: 'lab/by-second',
      response_format: 'verbose_json',
    })
    expect(last()).toMatchObject({ charged: '0.003', usage: { seconds: 3 } })
    expect(last().usage?.estimated).toBeUndefined()
  })

  test.each(['text', 'srt', 'vtt'] as const)('comes as %s, with its cost in the head', async (format) => {
    const response = await client.audio.transcriptions
      .create({ file: fileOf(wav(2)), model: 'lab/by-second', response_format: format })
      .asResponse()
    expect(await response.text()).toBe(answers[format]?.body)
    expect(response.headers.get('content-type')).toBe(answers[format]?.type)
    expect(response.headers.get('x-speka-cost-usd')).toBe('0.002')
    expect(last()).toMatchObject({ charged: '0.002', outcome: 'complete' })
  })

  test('comes in events, and the last of them has the cost', async () => {
    const stream = await client.audio.transcriptions.create({
      file: fileOf(wav(1)),
      model: 'lab/by-token',
      stream: true,
    })
    const told: { type: string; delta?: string; usage?: unknown }[] = []
    for await (const event of stream) told.push(event)
    expect(told.map(({ type }) => type)).toEqual([
      'transcript.text.delta',
      'transcript.text.delta',
      'transcript.text.done',
    ])
    // 5 of text, 15 of sound, 4 said.
    expect(told.at(-1)?.usage).toMatchObject({ input_tokens: 20, cost: 0.000135 })
    expect(last()).toMatchObject({ charged: '0.000135', usage: { audioInputTokens: 15, outputTokens: 4 } })
  })

  test('of a sandbox comes in every way that there is', async () => {
    const file = fileOf(wav(2))
    const { text } = await client.audio.transcriptions.create({ file, model: 'lab/free' })
    expect(text).toBe('The sandbox heard 2 seconds of sound.')
    expect(await client.audio.transcriptions.create({ file, model: 'lab/free', response_format: 'srt' })).toContain(
      '00:00:00,000 --> 00:00:02,000',
    )
    const stream = await client.audio.transcriptions.create({ file, model: 'lab/free', stream: true })
    let said = ''
    for await (const event of stream) if (event.type === 'transcript.text.delta') said += event.delta
    expect(said).toBe(text)
    expect((await client.audio.translations.create({ file, model: 'lab/free' })).text).toBe(text)
  })
})

/** A recording of that length, the file before everything else, as OpenAI's examples have it. */
async function fileFirst(bytes: number, behind: Readonly<Record<string, string>>) {
  const request = httpRequest(`${app.origin}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'multipart/form-data; boundary=edge' },
  })
  const replied = once(request, 'response')
  request.write('--edge\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\n')
  const piece = Buffer.alloc(64 * 1024, 'x')
  for (let left = bytes; left > 0; left -= piece.length) if (!request.write(piece)) await once(request, 'drain')
  const fields = Object.entries(behind).map(
    ([name, value]) => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  request.end(`\r\n${fields.join('')}--edge--\r\n`)
  const [response] = (await replied) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode, text }
}

test('a long file may come before its model, and before whatever else decides', async () => {
  const { status, text } = await fileFirst(6 * MiB, { model: 'lab/by-token', stream: 'true', language: 'de' })
  expect([status, text.includes('transcript.text.done')]).toEqual([200, true])
  expect(fieldIn(heard[0]?.head ?? '', 'model')).toBe('whisper')
  expect(fieldIn(heard[0]?.head ?? '', 'language')).toBe('de')
  expect(heard[0]?.bytes).toBeGreaterThan(6 * MiB)
})

describe('what a sound costs', () => {
  test('is known at the most before the recording is sent: above the caller’s own limit nothing is sent', async () => {
    const asking = client.audio.transcriptions.create(
      { file: fileOf(wav(60)), model: 'lab/by-second' },
      { headers: { 'x-speka-max-cost-usd': '0.01' } },
    )
    await expect(asking).rejects.toMatchObject({ status: 402, code: 'cost_limit_exceeded' })
    expect(heard).toEqual([])
  })

  test('is set aside in a budget, by its length: what does not fit is refused, and what was not used is given back', async () => {
    const models = {
      heard: { targets: [{ provider: 'sandbox', model: 'speka/sandbox' }], price: { second: '0.001' } },
    }
    const speka = createGateway({ config: { models }, limits: [{ usd: '0.05', window: 'day' }] })
    await expect(speka.transcribe({ model: 'heard', file: wav(60) })).rejects.toMatchObject({ status: 402 })
    expect((await speka.transcribe({ model: 'heard', file: wav(20) })).cost).toBe('0.02')
    expect((await speka.transcribe({ model: 'heard', file: wav(10) })).cost).toBe('0.01')
    await expect(speka.transcribe({ model: 'heard', file: wav(30) })).rejects.toMatchObject({ status: 402 })
  })

  test('of speech is by the character, which is counted here', async () => {
    const response = await client.audio.speech.create({ model: 'lab/free', voice: 'alloy', input: 'Grüße 👋' })
    expect(response.headers.get('content-type')).toBe('audio/mpeg')
    expect(Buffer.from(await response.arrayBuffer()).equals(silentMp3(8 / 15))).toBe(true)
    expect(last()).toMatchObject({ charged: '0.07', usage: { characters: 7 } })
  })
})

test('speech comes in events where they are asked for, with what it took', async () => {
  const response = await client.audio.speech.create({
    model: 'lab/free',
    voice: 'alloy',
    input: 'Good morning to you',
    response_format: 'wav',
    stream_format: 'sse',
  })
  const text = await response.text()
  expect(text).toMatch(/^data: \{"type":"speech\.audio\.delta","audio":"UklGR/)
  expect(text).toMatch(/"type":"speech\.audio\.done"/)
  expect(text).toContain('"cost_details":{"total":"0.19"}')
})

describe('what is no recording', () => {
  test('is the caller’s fault in the upstream’s words, and costs nothing', async () => {
    const asking = client.audio.transcriptions.create({
      file: fileOf(Buffer.from('Dear all')),
      model: 'lab/by-second',
      prompt: 'no sound',
    })
    await expect(asking).rejects.toMatchObject({ status: 400 })
    expect(last()).toMatchObject({ charged: '0', outcome: 'failed' })
  })

  test.each([
    ['words', fileOf(Buffer.from('Dear all')), 400],
    ['nothing', fileOf(Buffer.alloc(0)), 400],
  ])('%s is refused by the sandbox too', async (_, file, status) => {
    await expect(client.audio.transcriptions.create({ file, model: 'lab/free' })).rejects.toMatchObject({ status })
  })

  test('of 2 GB is refused before it has come', async () => {
    const request = httpRequest(`${app.origin}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${app.liveKey}`,
        'content-type': 'multipart/form-data; boundary=edge',
        'content-length': String(2 * 1024 * MiB),
      },
    })
    request.on('error', () => {})
    request.write('--edge\r\n')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(413)
    request.destroy()
  })

  test('JSON without a file is told how to send one', async () => {
    const response = await fetch(`${app.origin}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'lab/free' }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'missing_required_parameter', param: 'file' } })
  })
})

test('a key may be kept to some of it', async () => {
  const { key, record } = createKeyRecord(
    { name: 'listener', mode: 'live', limits: { endpoints: ['transcription'] } },
    app.parts.keys.pepper,
  )
  await put(app.store, 'key', record)
  const listener = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: key, maxRetries: 0 })
  expect((await listener.audio.transcriptions.create({ file: fileOf(wav(1)), model: 'lab/free' })).text).not.toBe('')
  const refused = { status: 403, code: 'endpoint_not_allowed' }
  await expect(listener.audio.translations.create({ file: fileOf(wav(1)), model: 'lab/free' })).rejects.toMatchObject(
    refused,
  )
  await expect(listener.audio.speech.create({ model: 'lab/free', voice: 'alloy', input: 'Hi' })).rejects.toMatchObject(
    refused,
  )
})

describe('in process', () => {
  const speka = createGateway({ config: {} })
  const model = 'speka/sandbox'

  test('a recording is a blob, bytes, or a data URL', async () => {
    const text = 'The sandbox heard 2 seconds of sound.'
    const url = `data:audio/wav;base64,${wav(2).toString('base64')}`
    for (const file of [new Blob([new Uint8Array(wav(2))]), wav(2), url])
      expect(await speka.transcribe({ model, file })).toMatchObject({ text, provider: 'sandbox' })
    expect((await speka.translate({ model, file: wav(2), response_format: 'vtt' })).text).toMatch(/^WEBVTT/)
  })

  test('a transcript may be listened to', async () => {
    let said = ''
    for await (const { delta = '' } of speka.streamTranscript({ model, file: wav(2) })) said += delta
    expect(said).toBe('The sandbox heard 2 seconds of sound.')
  })

  test('a text is spoken', async () => {
    const spoken = await speka.speak({ model, voice: 'alloy', input: 'Good morning', response_format: 'wav' })
    expect(spoken).toMatchObject({ contentType: 'audio/wav', provider: 'sandbox' })
    expect(Buffer.from(spoken.audio).toString('latin1', 0, 4)).toBe('RIFF')
  })

  test('what asks for a text to be spoken may be OpenAI’s client, and so may what sends a long file first', async () => {
    const client = new OpenAI({ apiKey: 'unused', fetch: speka.fetch })
    const spoken = await client.audio.speech.create({ model, voice: 'alloy', input: 'Good morning' })
    expect(Buffer.from(await spoken.arrayBuffer()).length).toBeGreaterThan(1000)
    const { text } = await client.audio.transcriptions.create({ file: fileOf(wav(200)), model })
    expect(text).toBe('The sandbox heard 200 seconds of sound.')
  })
})
