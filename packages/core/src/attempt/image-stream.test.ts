import { createEngine } from '../create-engine.ts'
import { SpekaError } from '../errors.ts'
import { iterateFrames } from '../front/iterate.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { dataOf, FrameCutter } from '../bytes/frames.ts'
import { readImagesCall } from '../operations/images/images-call.ts'
import { createFakeTransport, type ReplyScript } from './transport.fake.ts'

const image = { endpoints: ['images'], price: { image: '0.04' } } as const
const config = {
  providers: {
    lab: { type: 'openai', api_key: 'key-lab' },
    host: { type: 'together', api_key: 'key-host' },
  },
  models: {
    drawing: { targets: [{ provider: 'lab', model: 'gpt-image-2' }], ...image },
    whole: { targets: [{ provider: 'host', model: 'flux' }], ...image },
  },
} as const

const png = 'iVBORw0KGgoAAAA='
const tokens = { total_tokens: 60, input_tokens: 10, output_tokens: 50 }
const event = (type: string, more: object): string =>
  `event: image_generation.${type}\ndata: ${JSON.stringify({ type: `image_generation.${type}`, ...more })}\n\n`
const partial = event('partial_image', { b64_json: png, partial_image_index: 0 })
const completed = event('completed', { b64_json: png, usage: tokens })

const events = { head: 200, headers: { 'content-type': 'text/event-stream' } }
const json = (value: unknown): ReplyScript => [
  { head: 200, headers: { 'content-type': 'application/json' } },
  { data: JSON.stringify(value) },
  { end: true },
]

/** Asks for a stream of one image from an upstream that follows a script. */
async function draw(script: readonly ReplyScript[], model = 'drawing', request: object = {}) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const engine = createEngine({ config, instanceId: 'here', transport, clock, random: () => 0.5 })
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const body = JSON.stringify({ model, prompt: 'A cat', stream: true, ...request })
  const call = readImagesCall(Buffer.from(body), facts)
  const records: UsageRecord[] = []
  const pieces: Buffer[] = []
  let error: unknown
  const listen = async (): Promise<void> => {
    for await (const frames of iterateFrames(engine, call, (record) => void records.push(record)))
      pieces.push(Buffer.from(frames))
  }
  const listening = listen().catch((cause: unknown) => (error = cause))
  await clock.advance(1_000_000)
  await listening
  expect(clock.pending()).toBe(0)
  expect(transport.sent.filter(({ over }) => !over)).toEqual([])
  const text = Buffer.concat(pieces).toString()
  const found: Record<string, unknown>[] = []
  new FrameCutter(Infinity).push(Buffer.from(text), (frame) => found.push(JSON.parse(String(dataOf(frame)))))
  return {
    text,
    events: found,
    record: records[0],
    error: SpekaError.is(error) ? error : undefined,
    sent: transport.sent,
  }
}

const priced = { ...tokens, images: 1, cost: 0.04, cost_details: { total: '0.04' } }

test('images are shown as they are drawn, and the last event says what they cost', async () => {
  const { text, events: found, record } = await draw([[events, { data: partial }, { data: completed }, { end: true }]])
  expect(text.startsWith(partial)).toBe(true)
  expect(found).toMatchObject([
    { type: 'image_generation.partial_image', b64_json: png },
    { type: 'image_generation.completed', b64_json: png, usage: priced },
  ])
  expect(text).not.toContain('[DONE]')
  expect(record).toMatchObject({ outcome: 'complete', usage: { images: 1, inputTokens: 10, outputTokens: 50 } })
})

test('an image may be large, and may come in many pieces', async () => {
  const large = event('completed', { b64_json: png.repeat(200_000), usage: tokens })
  const pieces = Array.from({ length: Math.ceil(large.length / 65_536) }, (_, index) => ({
    data: large.slice(index * 65_536, (index + 1) * 65_536),
  }))
  const { events: found } = await draw([[events, ...pieces, { end: true }]])
  expect(large.length).toBeGreaterThan(3_000_000)
  expect(found).toMatchObject([{ b64_json: png.repeat(200_000), usage: priced }])
})

test('nothing hurries an image but the deadline', async () => {
  const slow = await draw([
    [events, { data: partial, after: 250_000 }, { data: completed, after: 250_000 }, { end: true }],
  ])
  expect(slow.events).toHaveLength(2)
  const late = await draw([[events, { data: partial, after: 700_000 }]])
  expect(late.error).toMatchObject({ code: 'upstream_timeout' })
  expect(late.record?.durationMs).toBe(600_000)
})

test('a stream that ends before its image is finished is broken', async () => {
  const { error, record, text } = await draw([[events, { data: partial }, { end: true }]])
  expect(error).toMatchObject({ code: 'upstream_incomplete' })
  expect(record).toMatchObject({ outcome: 'interrupted', charge: 0n })
  expect(text).toBe(partial)
})

test('a declined image is the caller’s to mend', async () => {
  const declined =
    'event: error\ndata: {"type":"error","error":{"code":"content_policy_violation","message":"Rejected."}}\n\n'
  const { error } = await draw([[events, { data: declined }, { end: true }]])
  expect(error).toMatchObject({ code: 'content_policy_violation' })
})

test('an upstream that does not stream after all is streamed for', async () => {
  const two = { created: 7, data: [{ b64_json: png }, { b64_json: png }], usage: tokens }
  const { events: found, record } = await draw([json(two)], 'drawing', { n: 2 })
  expect(found.map(({ usage }) => usage)).toMatchObject([{ total_tokens: 0 }, { ...tokens, images: 2, cost: 0.08 }])
  expect(record?.usage).toMatchObject({ images: 2 })
})

test('where nothing streams, the whole answer is asked for and told as events', async () => {
  const { events: found, sent } = await draw([json({ data: [{ b64_json: png }] })], 'whole', { partial_images: 2 })
  expect(sent[0]?.body).toEqual({ model: 'flux', prompt: 'A cat', response_format: 'base64' })
  expect(found).toMatchObject([
    { type: 'image_generation.completed', b64_json: png, output_format: 'png', usage: { images: 1, cost: 0.04 } },
  ])
})

test('images that were left somewhere are fetched before they are told of', async () => {
  const fetched: ReplyScript = [
    { head: 200, headers: { 'content-type': 'image/png' } },
    { data: 'image' },
    { end: true },
  ]
  const { events: found } = await draw([json({ data: [{ url: 'https://cdn.example.com/a.png' }] }), fetched], 'whole')
  expect(found).toMatchObject([{ b64_json: Buffer.from('image').toString('base64') }])
})

test('the sandbox draws before your eyes', async () => {
  const { events: found, record } = await draw([], 'speka/sandbox', { partial_images: 3, n: 2 })
  const types = found.map(({ type }) => String(type).slice('image_generation.'.length))
  const one = ['partial_image', 'partial_image', 'partial_image', 'completed']
  expect(types).toEqual([...one, ...one])
  expect(found.at(-1)).toMatchObject({ usage: { images: 2, cost: 0.02 } })
  expect(record).toMatchObject({ outcome: 'complete', usage: { images: 2 } })
})
