import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatUsd, parseUsd } from '@speka/core'
import { eventually } from './support/eventually.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

/** A form whose file is streamed, and an answer of bytes, from socket to socket: a transcription, and speech. */

const RECORDING_PATH = '/v1/audio/transcriptions'
const SPEECH_PATH = '/v1/audio/speech'

const MiB = 1024 * 1024

/** What the upstream does with a request, by the model that is asked for. */
const ways: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  whole: (request, response) => read(request, () => answer(request, response)),
  cut(request, response) {
    read(request, () => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 10_000_000 })
      response.write(Buffer.alloc(300_000, 'a'), () => setTimeout(() => response.destroy(), 5))
    })
  },
  endless(request, response) {
    read(request, () => {
      response.useChunkedEncodingByDefault = false
      response.writeHead(200, { 'content-type': 'audio/mpeg', connection: 'close' })
      response.write('a sound')
      response.end()
    })
  },
  text: (request, response) =>
    read(request, () => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome</p>')),
  empty: (request, response) => read(request, () => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end()),
  fails: (request, response) =>
    read(request, () => response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{}}')),
  /** Takes no more than has come, until it is told to. */
  waits: (request, response) => {
    waiting = () => read(request, () => answer(request, response))
  },
}

let waiting: (() => void) | undefined
let heard: { path: string; bytes: number; head: string; end: string }[] = []
let upstream: Server
let app: StartedApp
const provider = { base_url: '' }

const sound = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 31) % 251))

const transcript = { text: 'Hello there.', usage: { type: 'duration', seconds: 12 } }

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.endsWith('/transcriptions') === true) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(transcript))
    return
  }
  response.writeHead(200, { 'content-type': 'audio/mpeg; rate=24000' })
  for (let at = 0; at < sound.length; at += 50_000) response.write(sound.subarray(at, at + 50_000))
  response.end()
}

/** Takes the whole form, without keeping it. */
function read(request: IncomingMessage, then: () => void): void {
  let bytes = 0
  let [head, end] = ['', '']
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (head.length < 2000) head += chunk.toString('latin1', 0, 2000)
    end = (end + chunk.toString('latin1', Math.max(0, chunk.length - 300))).slice(-300)
  })
  request.on('end', () => {
    heard.push({ path: request.url ?? '', bytes, head, end })
    then()
  })
}

beforeAll(async () => {
  upstream = createServer((request, response) => {
    request.on('error', () => {})
    ways[String(request.headers.authorization).replace('Bearer key-of-', '')]?.(request, response)
  })
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  provider.base_url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  const { base_url } = provider
  const providerOf = (way: string) => ({ type: 'openai-compatible', base_url, api_key: `key-of-${way}` })
  const price = { second: '0.001', character: '0.0001' }
  const endpoints = ['transcription', 'speech'] as const
  app = await startApp({
    providers: Object.fromEntries(Object.keys(ways).map((way) => [way, providerOf(way)])),
    models: Object.fromEntries([
      ...Object.keys(ways).map((way) => [
        `lab/${way}`,
        { targets: [{ provider: way, model: 'up-1' }], endpoints, price },
      ]),
      [
        'lab/second',
        {
          targets: [{ provider: 'fails' }, { provider: 'whole', model: 'up-1' }],
          endpoints,
          price,
        },
      ],
    ]),
  })
})

afterAll(async () => {
  await app?.close()
  upstream?.closeAllConnections()
  upstream?.close()
})

beforeEach(() => {
  heard = []
  waiting = undefined
})

const field = ([name, value]: [string, string]): string =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

/** A form as a client writes it: its fields, then a file of that length, then more fields. */
function formOf(
  before: Readonly<Record<string, string>>,
  length: number,
  after: Readonly<Record<string, string>> = {},
) {
  const head = `${Object.entries(before).map(field).join('')}--edge\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n`
  const end = `\r\n${Object.entries(after).map(field).join('')}--edge--\r\n`
  return { head, length, end }
}

interface Replied {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Whether the answer ended as answers do. */
  readonly isWhole: boolean
}

/** Sends a form, its file one piece at a time, as fast as it is taken. */
async function send(form: ReturnType<typeof formOf>, told: { sent: number } = { sent: 0 }): Promise<Replied> {
  const request = httpRequest(`${app.origin}${RECORDING_PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'multipart/form-data; boundary=edge' },
  })
  const replied = repliedTo(request)
  request.write(form.head)
  for (let left = form.length; left > 0; left -= PIECE.length) {
    const piece = PIECE.subarray(0, Math.min(left, PIECE.length))
    if (!request.write(piece)) await Promise.race([once(request, 'drain'), replied])
    told.sent += piece.length
  }
  request.end(form.end)
  return replied
}

const repliedTo = (request: ClientRequest): Promise<Replied> =>
  new Promise<Replied>((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', () => {})
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
          isWhole: response.complete,
        }),
      )
    })
  })

const PIECE = Buffer.alloc(64 * 1024, 'wave')

const failureOf = ({ body }: Replied): unknown => (JSON.parse(body.toString('utf8')) as { error: unknown }).error

/** Has a text spoken. */
function speak(model: string): Promise<Replied> {
  const request = httpRequest(`${app.origin}${SPEECH_PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
  })
  const replied = repliedTo(request)
  request.end(JSON.stringify({ model, voice: 'alloy', input: 'Good morning 👋' }))
  return replied
}

const chargeOfLast = (): string => formatUsd(app.settled.at(-1)?.charge ?? parseUsd('0'))

test('a recording goes through as it is, its fields before it', async () => {
  const { status, headers, body } = await send(
    formOf({ model: 'lab/whole', language: 'de' }, 200_000, { prompt: 'calm "é"' }),
  )
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'x-speka-model': 'lab/whole', 'x-speka-provider': 'whole', 'x-speka-attempts': '1' })
  expect(JSON.parse(body.toString())).toEqual({
    ...transcript,
    usage: { ...transcript.usage, cost: 0.012, cost_details: { total: '0.012' } },
  })
  const [arrived] = heard
  expect(arrived?.path).toBe('/v1/audio/transcriptions')
  const calm = Buffer.from('calm "é"').toString('latin1')
  expect(arrived?.head).toMatch(/^--\S+\r\n[^]*name="model"\r\n\r\nup-1\r\n[^]*name="language"\r\n\r\nde\r\n/)
  expect(arrived?.head).toContain(`name="prompt"\r\n\r\n${calm}\r\n`)
  expect(arrived?.head).toContain('name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nwave')
  expect(arrived?.end).toMatch(/wave\r\n--\S+--\r\n$/)
  expect(arrived?.bytes).toBeGreaterThan(200_000)
  expect(app.settled.at(-1)).toMatchObject({ endpoint: 'transcription', outcome: 'complete', usage: { seconds: 12 } })
  expect(chargeOfLast()).toBe('0.012')
})

test('a sound comes back as it is, and its characters are charged', async () => {
  const { status, headers, body, isWhole } = await speak('lab/whole')
  expect([status, isWhole, headers['content-type']]).toEqual([200, true, 'audio/mpeg; rate=24000'])
  expect(headers).toMatchObject({ 'x-speka-model': 'lab/whole', 'x-speka-provider': 'whole' })
  expect(body.equals(sound)).toBe(true)
  expect(app.settled.at(-1)).toMatchObject({ endpoint: 'speech', outcome: 'complete', usage: { characters: 14 } })
  expect(chargeOfLast()).toBe('0.0014')
})

test('fields behind a file that is held are as good as those before it', async () => {
  const { status } = await send(formOf({}, 100_000, { model: 'lab/whole' }))
  expect(status).toBe(200)
  expect(heard[0]?.head).toContain('name="model"\r\n\r\nup-1\r\n')
})

test('no more is taken from the caller than the upstream takes, and in the end all of it has come', async () => {
  const told = { sent: 0 }
  const replied = send(formOf({ model: 'lab/waits' }, 25 * MiB), told)
  await eventually(() => waiting !== undefined, 'the upstream was asked')
  let before = -1
  await eventually(() => {
    const stands = told.sent === before
    before = told.sent
    return stands
  }, 'the caller has to wait')
  expect(told.sent).toBeLessThan(20 * MiB)
  waiting?.()
  expect(await replied).toMatchObject({ status: 200, isWhole: true })
  expect(heard[0]?.bytes).toBeGreaterThan(25 * MiB)
  expect(heard[0]?.bytes).toBeLessThan(25 * MiB + 1000)
})

test('an answer that is cut is none: it has no end, and its record says so', async () => {
  const { status, body, isWhole } = await speak('lab/cut')
  expect([status, isWhole]).toEqual([200, false])
  expect(body.length).toBeLessThan(10_000_000)
  await eventually(() => app.settled.at(-1)?.model === 'lab/cut', 'it was recorded')
  expect(app.settled.at(-1)).toMatchObject({ outcome: 'interrupted', errorCode: 'upstream_incomplete' })
})

test.each([
  ['no end of its own', 'lab/endless'],
  ['another type', 'lab/text'],
  ['nothing in it', 'lab/empty'],
])('an answer with %s is not handed on', async (_, model) => {
  const replied = await speak(model)
  expect(replied.status).toBe(502)
  expect(failureOf(replied)).toMatchObject({ code: 'upstream_bad_response' })
  expect(app.settled.at(-1)).toMatchObject({ outcome: 'failed' })
})

test('a form that is held goes to the next target when the first fails', async () => {
  const { status, headers } = await send(formOf({ model: 'lab/second' }, 500_000))
  expect([status, headers['x-speka-attempts']]).toEqual([200, '2'])
  expect(heard.map(({ head }) => /name="model"\r\n\r\n(\S+)/.exec(head)?.[1])).toEqual(['lab/second', 'up-1'])
  expect(heard[0]?.bytes).toBeGreaterThan(500_000)
  expect(heard[1]?.bytes).toBeGreaterThan(500_000)
})

test('of a longer one the beginning is gone by then, and its caller hears of the failure', async () => {
  const replied = await send(formOf({ model: 'lab/second' }, 5 * MiB))
  expect(replied.status).toBe(502)
  expect(app.settled.at(-1)?.attempts).toHaveLength(1)
})

test.each([
  ['without a model', formOf({}, 1000), 400, { code: 'missing_required_parameter', param: 'model' }],
  ['with two models', formOf({ model: 'lab/whole' }, 1000, { model: 'lab/cut' }), 400, { code: 'duplicate_parameter' }],
  [
    'of a hundred thousand parts',
    { ...formOf({}, 0), head: '--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'.repeat(100_000) },
    413,
    { code: 'request_too_large' },
  ],
  ['without an end', { ...formOf({ model: 'lab/whole' }, 1000), end: '' }, 400, { code: 'invalid_request' }],
  ['without a boundary', { head: 'hello', length: 100_000, end: '' }, 400, { code: 'invalid_request' }],
  ['that is too long', formOf({ model: 'lab/whole' }, 33 * MiB), 413, { code: 'request_too_large' }],
])('a form %s is refused in words', async (_, form, status, error) => {
  const replied = await send(form)
  expect(replied.status).toBe(status)
  expect(failureOf(replied)).toMatchObject(error)
})

test('what decides where a request goes cannot stand behind a long file', async () => {
  const replied = await send(formOf({ model: 'lab/whole' }, 5 * MiB, { stream: 'true' }))
  expect(replied.status).toBe(400)
  expect(failureOf(replied)).toMatchObject({
    code: 'invalid_value',
    param: 'stream',
    message: expect.stringContaining('Put it before the file'),
  })
})

const askHere = async (model: string): Promise<Response> => {
  const { createGateway } = await import('@speka/core/node')
  const { base_url } = provider
  const providers = { [model]: { type: 'openai-compatible' as const, base_url, api_key: `key-of-${model}` } }
  const models = { [model]: { targets: [{ provider: model }], endpoints: ['speech' as const] } }
  const gateway = createGateway({ config: { providers, models } })
  const body = JSON.stringify({ model, voice: 'alloy', input: 'Hello' })
  return gateway.fetch(`http://gateway${SPEECH_PATH}`, { method: 'POST', body })
}

describe('in process', () => {
  test('a sound is the body of the response, under its own type', async () => {
    const response = await askHere('whole')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/mpeg; rate=24000'])
    expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true)
  })

  test('one that is cut has no end', async () => {
    const response = await askHere('cut')
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toMatchObject({ code: 'upstream_incomplete' })
  })

  test('one that fails is an error', async () => {
    expect((await askHere('text')).status).toBe(502)
  })
})

test('a caller who leaves in the middle of a form is recorded as such', async () => {
  const settled = app.settled.length
  const request = httpRequest(`${app.origin}${RECORDING_PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'multipart/form-data; boundary=edge' },
  })
  request.on('error', () => {})
  request.write(formOf({ model: 'lab/waits' }, 0).head)
  request.write(Buffer.alloc(3 * MiB, 'x'))
  await eventually(() => waiting !== undefined, 'the upstream was asked')
  request.destroy()
  await eventually(() => app.settled.length > settled, 'it was recorded')
  expect(app.settled.at(-1)).toMatchObject({ outcome: 'cancelled', model: 'lab/waits' })
})
