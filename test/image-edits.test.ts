import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI, { toFile } from 'openai'
import { startApp, type StartedApp } from './support/start-app.ts'

/** Changed pictures from socket to socket, asked with OpenAI's own client: of the sandbox, and of an upstream that answers as OpenAI does. */

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const png = (text: string): Buffer => Buffer.concat([PNG, Buffer.from(text)])
const data = (text: string): string => `data:image/png;base64,${png(text).toString('base64')}`

const usage = {
  input_tokens: 300,
  output_tokens: 200,
  total_tokens: 500,
  input_tokens_details: { text_tokens: 10, image_tokens: 290 },
}
const whole = { created: 1, data: [{ b64_json: 'QUFB' }], usage }
const drawing = { created_at: 1, size: '1024x1024', quality: 'high', background: 'opaque', output_format: 'png' }
const events = [
  { type: 'image_edit.partial_image', partial_image_index: 0, b64_json: 'QQ==', ...drawing },
  { type: 'image_edit.completed', b64_json: 'QUFB', usage, ...drawing },
]

let upstream: Server
let app: StartedApp
let client: OpenAI
const heard: { url: string | undefined; type: string | undefined; body: string }[] = []

beforeAll(async () => {
  upstream = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      heard.push({ url: request.url, type: request.headers['content-type'], body })
      const streams = /name="stream"\r\n\r\ntrue|"stream":true/.test(body)
      response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' })
      response.end(
        streams
          ? events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
          : JSON.stringify(whole),
      )
    })
  })
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  app = await startApp({
    providers: { openai: { type: 'openai', base_url: `http://127.0.0.1:${port}/v1`, api_key: 'a' } },
    models: {
      'gpt-image-1': {
        targets: [{ provider: 'openai' }],
        endpoints: ['image_edits'],
        price: { input: '10', output: '40' },
      },
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
  heard.length = 0
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('latin1')
}

/** What a form says, by the names of its parts. */
const partsOf = (body: string): [string, string][] =>
  [...body.matchAll(/name="([^"]*)"[^]*?\r\n\r\n([^]*?)\r\n--/g)].map(([, name = '', value = '']) => [name, value])

async function post(body: object) {
  const response = await fetch(`${app.origin}/v1/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const file = (text: string) => toFile(png(text), `${text}.png`, { type: 'image/png' })

test('pictures and a mask go on as they came, and the answer costs what it counts', async () => {
  const { data: answer, response } = await client.images
    .edit({
      model: 'gpt-image-1',
      image: [await file('one'), await file('two')],
      mask: await file('mask'),
      prompt: 'in the snow',
      n: 1,
      input_fidelity: 'high',
      response_format: 'b64_json',
    })
    .withResponse()
  expect(heard[0]?.url).toBe('/v1/images/edits')
  const parts = partsOf(heard[0]?.body ?? '')
  expect(new Set(parts.map(([name]) => name))).toEqual(
    new Set(['model', 'prompt', 'n', 'input_fidelity', 'image[]', 'mask']),
  )
  const sent = (name: string) => parts.filter(([own]) => own === name).map(([, value]) => value)
  expect(sent('image[]')).toEqual([png('one').toString('latin1'), png('two').toString('latin1')])
  expect(sent('mask')).toEqual([png('mask').toString('latin1')])
  expect(answer).toMatchObject({ data: [{ b64_json: 'QUFB' }], usage: { ...usage, images: 1 } })
  expect(response.headers.get('x-speka-cost-usd')).toBe('0.011')
  expect(app.settled.at(-1)).toMatchObject({ endpoint: 'image_edits', outcome: 'complete' })
})

test('a stream has the events of edits, and what it took in the last', async () => {
  const stream = await client.images.edit({
    model: 'gpt-image-1',
    image: await file('one'),
    prompt: 'in the snow',
    stream: true,
    partial_images: 1,
  })
  const told: object[] = []
  for await (const event of stream) told.push(event)
  expect(told).toMatchObject([
    { type: 'image_edit.partial_image' },
    { type: 'image_edit.completed', usage: { input_tokens: 300, cost: 0.011 } },
  ])
})

test('pictures within JSON go on as a form', async () => {
  const { status, body } = await post({
    model: 'gpt-image-1',
    prompt: 'in the snow',
    images: [{ image_url: data('one') }],
    mask: { image_url: data('mask') },
    n: 1,
  })
  expect([status, body]).toMatchObject([200, { data: [{ b64_json: 'QUFB' }] }])
  expect(heard[0]?.type).toMatch(/^multipart\/form-data/)
  expect(partsOf(heard[0]?.body ?? '')).toEqual([
    ['model', 'gpt-image-1'],
    ['prompt', 'in the snow'],
    ['n', '1'],
    ['image[]', png('one').toString('latin1')],
    ['mask', png('mask').toString('latin1')],
  ])
})

test('pictures at addresses are named to the provider, and fetched by nobody here', async () => {
  const asked = { model: 'gpt-image-1', prompt: 'in the snow', images: [{ image_url: 'https://example.com/a.png' }] }
  expect((await post({ ...asked, response_format: 'b64_json', metadata: { a: 'b' } })).status).toBe(200)
  expect(heard.map(({ type, body }) => [type, JSON.parse(body)])).toEqual([['application/json', asked]])
})

const drawn = async (text: string) =>
  (await client.images.edit({ model: 'speka/sandbox', image: await file(text), prompt: 'a', n: 2 })).data?.map(
    ({ b64_json: bytes }) => bytes,
  )

test('the sandbox draws something else of another picture', async () => {
  expect(await drawn('one')).toHaveLength(2)
  expect(await drawn('one')).toEqual(await drawn('one'))
  expect(await drawn('one')).not.toEqual(await drawn('two'))
})

test('a form of two megabytes streams through, its model in front of it or behind', async () => {
  const picture = await toFile(Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024, 'a')]), 'a.png', { type: 'image/png' })
  for (const inFront of [true, false]) {
    const form = new FormData()
    if (inFront) for (const [name, value] of FIELDS) form.append(name, value)
    form.append('image', picture)
    if (!inFront) for (const [name, value] of FIELDS) form.append(name, value)
    const response = await fetch(`${app.origin}/v1/images/edits`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.liveKey}` },
      body: form,
    })
    expect(response.status).toBe(200)
  }
  expect(heard.map(({ body }) => body.length > 2 * 1024 * 1024)).toEqual([true, true])
})

const FIELDS = [
  ['model', 'gpt-image-1'],
  ['prompt', 'in the snow'],
] as const

const fine = { model: 'gpt-image-1', prompt: 'a', images: [{ image_url: data('one') }] }

test.each([
  ['no pictures', { ...fine, images: undefined }, 'images'],
  ['an empty list', { ...fine, images: [] }, 'images'],
  ['seventeen', { ...fine, images: Array.from({ length: 17 }, () => ({ image_url: data('one') })) }, 'images'],
  ['a file that is kept elsewhere', { ...fine, images: [{ file_id: 'file-1' }] }, 'images[0].file_id'],
  ['a picture that is none', { ...fine, images: [{ image_url: 'ftp://example.com/a.png' }] }, 'images[0]'],
  ['an empty picture', { ...fine, images: [{ image_url: 'data:image/png;base64,' }] }, 'images[0]'],
  ['no prompt', { ...fine, prompt: '' }, 'prompt'],
  ['half a picture to be made', { ...fine, n: 0.5 }, 'n'],
])('%s is refused with the place, and nobody is asked', async (_, request, param) => {
  expect(await post(request)).toMatchObject({ status: 400, body: { error: { param } } })
  expect(heard).toEqual([])
})

test.each([
  ['no file', {}, 'image'],
  ['a mask alone', { mask: png('a') }, 'image'],
  ['a file of another name', { file: png('a') }, 'file'],
  ['an empty file', { image: Buffer.alloc(0) }, 'image'],
])('a form with %s is refused', async (_, files, param) => {
  const form = new FormData()
  for (const [name, value] of FIELDS) form.append(name, value)
  for (const [name, bytes] of Object.entries(files)) form.append(name, new Blob([new Uint8Array(bytes)]), 'a.png')
  const response = await fetch(`${app.origin}/v1/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}` },
    body: form,
  })
  expect([response.status, await response.json()]).toMatchObject([400, { error: { param } }])
  expect(heard).toEqual([])
})

test('what a change would cost is told beforehand', async () => {
  const response = await fetch(`${app.origin}/v1/route/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(fine),
  })
  expect(await response.json()).toMatchObject({ endpoint: 'image_edits', candidates: [{ model: 'gpt-image-1' }] })
})
