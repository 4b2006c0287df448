import type { GatewayConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import { SpekaError } from '../errors.ts'
import { collect } from '../front/collect.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { readImagesCall } from '../operations/images/images-call.ts'
import type { ImagesAnswer } from '../operations/images/images.ts'
import { createFakeTransport, type ReplyScript } from './transport.fake.ts'

const config: GatewayConfig = {
  providers: { lab: { type: 'bfl', api_key: 'key-lab' } },
  models: {
    flux: { targets: [{ provider: 'lab', model: 'flux-dev' }], endpoints: ['images'], price: { image: '0.04' } },
  },
}

const json = (status: number, value: unknown): ReplyScript => [
  { head: status, headers: { 'content-type': 'application/json' } },
  { data: JSON.stringify(value) },
  { end: true },
]
const polled = 'https://api.us1.bfl.ai/v1/get_result?id=job'
const sample = 'https://delivery-us1.bfl.ai/sample.png?sig=1'
const ordered = (url = polled) => json(200, { id: 'job', polling_url: url })
const pending = json(200, { status: 'Pending' })
const ready = json(200, { status: 'Ready', result: { sample } })
const image: ReplyScript = [{ head: 200, headers: { 'content-type': 'image/png' } }, { data: 'image' }, { end: true }]

/** Draws an image at an upstream that follows a script. */
async function draw(script: readonly ReplyScript[], { leaveAfterMs }: { leaveAfterMs?: number } = {}) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const engine = createEngine({ config, instanceId: 'here', transport, clock, random: () => 0.5 })
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const call = readImagesCall(Buffer.from('{"model":"flux","prompt":"A cat"}'), facts)
  const leaving = new AbortController()
  if (leaveAfterMs !== undefined) clock.after(leaveAfterMs, () => leaving.abort())
  let record: UsageRecord | undefined
  let answer: ImagesAnswer | undefined
  let error: unknown
  const settle = (settled: UsageRecord): void => void (record = settled)
  const asked = collect(engine, call, settle, leaving.signal).then(
    ({ body }) => (answer = JSON.parse(body.toString()) as ImagesAnswer),
    (cause: unknown) => (error = cause),
  )
  await clock.advance(700_000)
  await asked
  expect(clock.pending()).toBe(0)
  expect(transport.sent.filter(({ over }) => !over)).toEqual([])
  return { answer, error: SpekaError.is(error) ? error : undefined, record, sent: transport.sent }
}

test('an answer in several steps is put together, at the pace of its provider', async () => {
  const { answer, sent, record } = await draw([ordered(), pending, pending, ready, image])
  expect(answer?.data).toEqual([{ b64_json: Buffer.from('image').toString('base64') }])
  expect(answer?.usage).toMatchObject({ images: 1, cost: 0.04 })
  expect(record).toMatchObject({ outcome: 'complete', usage: { images: 1 }, provider: 'lab' })
  const [first = 0, ...later] = sent.map(({ at }) => at)
  expect(later.map((at) => at - first)).toEqual([500, 1000, 1500, 1500])
})

test("the key and what is known of the request go to the provider's own hosts, and nowhere else", async () => {
  const { sent } = await draw([ordered(), ready, image])
  expect(
    sent.map(({ to, path, headers }) => [to.origin + path, to.credential, headers['x-request-id'] !== undefined]),
  ).toEqual([
    ['https://api.bfl.ai/v1/flux-dev', 'key-lab', true],
    [polled, 'key-lab', true],
    [sample, '', false],
  ])
  expect(sent.map(({ to }) => to.credentialHeader)).toEqual(['x-key', 'x-key', undefined])
})

test('an order that is kept at a strange host is asked after without the key', async () => {
  const elsewhere = 'https://bfl.ai.evil.example/v1/get_result'
  const { sent } = await draw([ordered(elsewhere), ready, image])
  expect(sent[1]).toMatchObject({ to: { origin: 'https://bfl.ai.evil.example', credential: '' } })
})

test.each(['http://169.254.169.254/latest', 'https://127.0.0.1/', 'http://api.us1.bfl.ai/v1/get_result?id=job'])(
  'an order that is kept at %s is not asked after',
  async (url) => {
    const { error, sent } = await draw([ordered(url), ordered(url)])
    expect(error).toMatchObject({ code: 'upstream_bad_response' })
    expect(sent.every(({ to }) => to.origin === 'https://api.bfl.ai/v1')).toBe(true)
  },
)

test('what the provider refuses later is known for what it is, and may have been billed', async () => {
  const { error, record } = await draw([ordered(), json(402, { detail: 'Insufficient credits' })])
  expect(error).toMatchObject({ code: 'no_healthy_target' })
  expect(record).toMatchObject({ outcome: 'failed', charge: 0n })
  expect(record?.attempts).toMatchObject([{ outcome: 'quota', status: 402 }])
})

test('an image is ordered at most twice, whatever happens to the orders', async () => {
  const limited = json(429, { detail: 'Rate limit exceeded' })
  const { sent, error } = await draw([ordered(), limited, ordered(), limited, ordered(), limited])
  expect(error).toBeDefined()
  expect(sent.filter(({ path }) => path === '/flux-dev')).toHaveLength(2)
})

test('an order that was refused at once costs nothing, and is tried again as usual', async () => {
  const busy = json(503, {})
  const { answer, sent } = await draw([busy, busy, busy, ordered(), ready, image])
  expect(answer?.data).toHaveLength(1)
  expect(sent.filter(({ path }) => path === '/flux-dev')).toHaveLength(4)
})

test('an image that cannot be fetched is no answer', async () => {
  const gone = json(404, { error: 'expired' })
  const { error, record } = await draw([ordered(), ready, gone, ordered(), ready, gone])
  expect(error).toMatchObject({ code: 'upstream_bad_response' })
  expect(record?.attempts[0]).toMatchObject({ message: 'pointed to an answer that could not be fetched' })
})

test.each([
  { what: 'between two questions', leaveAfterMs: 700, requests: 2 },
  { what: 'during one', leaveAfterMs: 1200, requests: 3 },
])('a caller who leaves $what ends the asking', async ({ leaveAfterMs, requests }) => {
  const hanging: ReplyScript = [{ head: 200, after: 10_000 }]
  const { record, sent } = await draw([ordered(), pending, hanging, ready], { leaveAfterMs })
  expect(record).toMatchObject({ outcome: 'cancelled', charge: 0n })
  expect(sent).toHaveLength(requests)
})

test('an image that is never finished is given up after a minute, and not ordered more than twice', async () => {
  const forever = Array.from({ length: 120 }, () => pending)
  const { error, sent, record } = await draw([ordered(), ...forever, ordered(), ...forever])
  expect(error).toMatchObject({ code: 'upstream_timeout' })
  expect(sent).toHaveLength(242)
  expect(record?.attempts.map(({ durationMs }) => durationMs)).toEqual([60_000, 60_000])
})
