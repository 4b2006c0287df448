import type { GatewayConfig } from '../config.ts'
import { SpekaError } from '../errors.ts'
import { ask, config, type Asked } from '../front/ask.fake.ts'
import { assembleGateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import {
  completion,
  createFakeTransport,
  json,
  role,
  saying,
  stream,
  streamHead,
  word,
  type ReplyScript,
  type ReplyStep,
} from './transport.fake.ts'

/** Three words and then silence. A token in costs 1 µ$ and one out 2; "hi" and its frame are five tokens, what was said four. */
const said: ReplyStep[] = [streamHead, { data: role() + word('One ') + word('two ') + word('three ') }]
const forAll = 13_000_000n
const reset: ReplyStep = { fail: 'reset', after: 10 }
const patient = { idle_ms: 60_000 }

/** How a stream ends after it has begun, and what it costs then. */
const endings: readonly {
  ending: string
  script?: ReplyScript
  timeouts?: object
  timeoutMs?: number
  leaves?: true
  outcome: UsageRecord['outcome']
  charge: bigint
}[] = [
  { ending: "the caller's deadline", timeouts: patient, timeoutMs: 1000, outcome: 'interrupted', charge: forAll },
  {
    ending: "the caller's deadline, which is the operator's too",
    timeouts: { ...patient, total_ms: 1000 },
    timeoutMs: 1000,
    outcome: 'interrupted',
    charge: forAll,
  },
  {
    ending: "the operator's deadline",
    timeouts: { ...patient, total_ms: 1000 },
    outcome: 'interrupted',
    charge: 0n,
  },
  {
    ending: "the operator's deadline, ahead of the caller's",
    timeouts: { ...patient, total_ms: 1000 },
    timeoutMs: 2000,
    outcome: 'interrupted',
    charge: 0n,
  },
  { ending: 'silence', timeouts: { idle_ms: 500 }, timeoutMs: 5000, outcome: 'interrupted', charge: 0n },
  { ending: 'a reset', script: [...said, reset], timeoutMs: 5000, outcome: 'interrupted', charge: 0n },
  { ending: 'a caller that leaves', timeouts: patient, leaves: true, outcome: 'cancelled', charge: forAll },
]

test.each(endings)('a stream ended by $ending costs $charge', async ({ outcome, charge, leaves, ...rest }) => {
  const { script = said, timeouts = {}, timeoutMs } = rest
  const asked = ask([script], { config: { timeouts }, facts: { timeoutMs } })
  await asked.clock.advance(100)
  if (leaves) asked.run.abort()
  await asked.over()
  expect(asked.text).toBe('One two three ')
  expect(asked.record).toMatchObject({ outcome, charge })
  expect(asked.calls.includes('fail')).toBe(outcome === 'interrupted')
})

test('a stream that the gateway cuts off to stop costs nothing', async () => {
  const asked = ask([said], { config: { timeouts: patient } })
  await asked.clock.advance(100)
  asked.run.abort(new SpekaError('server_shutdown', 'Bye.'))
  await asked.over()
  expect(asked.text).toBe('One two three ')
  expect(asked.record).toMatchObject({ outcome: 'cancelled', errorCode: 'server_shutdown', charge: 0n })
})

/** What a model says that will not answer. */
const declined = (text: string): string => text.replace('"finish_reason":"stop"', '"finish_reason":"content_filter"')

test.each([true, false])(
  'an answer that its model declines is charged by what the provider counts (stream: %p)',
  async (streams) => {
    const script: ReplyScript = streams
      ? stream(saying('No.').map(declined))
      : json(200, JSON.parse(declined(JSON.stringify(completion('No.')))))
    const asked = await ask([script], { stream: streams }).over()
    // Ten tokens in and five out, as it says.
    expect(asked.record).toMatchObject({ outcome: 'complete', charge: 20_000_000n })
  },
)

test.each([
  ['before the first output', true],
  ['of a JSON answer', false],
])("the caller's deadline %s costs nothing", async (_, stream) => {
  const script: ReplyScript = stream ? [streamHead, { data: role() }] : [{ head: 200 }, { data: '{"id":' }]
  const asked = await ask([script], { stream, facts: { timeoutMs: 1000 } }).over()
  expect(asked.error?.code).toBe('upstream_timeout')
  expect(asked.record).toMatchObject({ outcome: 'failed', charge: 0n })
})

describe('an answer that was taken up', () => {
  const servers: GatewayConfig = {
    providers: {
      one: { type: 'vllm', base_url: 'http://one' },
      two: { type: 'vllm', base_url: 'http://two' },
    },
    models: { a: { targets: [{ provider: 'one' }, { provider: 'two' }], price: { input: '1', output: '2' } } },
    timeouts: patient,
  }
  const goOn = (then: ReplyScript, timeoutMs?: number): Asked =>
    ask([[...said, reset], then], {
      config: servers,
      request: { provider: { continue: true } },
      facts: { timeoutMs },
    })
  const second: ReplyScript = [streamHead, { data: word('four ') }]

  test("is charged for both its parts when the caller's deadline ends it", async () => {
    const asked = await goOn(second, 1000).over()
    expect(asked.text).toBe('One two three four ')
    expect(asked.record).toMatchObject({
      outcome: 'interrupted',
      errorCode: 'upstream_timeout',
      usage: { inputTokens: 5 + 12, outputTokens: 4 + 2, estimated: true },
    })
    // The second prompt holds what the first had said.
    expect(asked.record.charge).toBe(forAll + 16_000_000n)
  })

  test('is charged for what was delivered when the deadline passes before anything new came', async () => {
    const asked = await goOn([streamHead], 1000).over()
    expect(asked.record).toMatchObject({ usage: { outputTokens: 4 }, charge: forAll })
  })

  test('is charged for both its parts when the caller leaves', async () => {
    const asked = goOn(second)
    await asked.clock.advance(100)
    asked.run.abort()
    await asked.over()
    expect(asked.record).toMatchObject({ outcome: 'cancelled', charge: forAll + 16_000_000n })
  })

  test('costs nothing when its second upstream breaks it for good', async () => {
    const asked = await goOn([...second, { data: 'data: oops\n\n' }], 1000).over()
    expect(asked.record).toMatchObject({ outcome: 'interrupted', charge: 0n })
  })
})

const limit = { timeoutMs: 1000 }
const model = 'a'

/** What a stream costs that the caller's deadline breaks off, and what it said. */
async function brokenOff(
  streamOf: (gateway: ReturnType<typeof assembleGateway>) => AsyncGenerator<unknown, unknown>,
): Promise<{ record: UsageRecord | undefined; events: unknown[] }> {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, [said])
  const records: UsageRecord[] = []
  const onUsage = (record: UsageRecord): void => void records.push(record)
  const gateway = assembleGateway({
    config: { ...config, timeouts: patient },
    transport,
    clock,
    random: () => 0,
    onUsage,
  })
  const events: unknown[] = []
  const read = async (): Promise<void> => {
    for await (const event of streamOf(gateway)) events.push(event)
  }
  await Promise.all([expect(read()).rejects.toMatchObject({ code: 'upstream_timeout' }), clock.advance(1000)])
  return { record: records[0], events }
}

describe("the caller's deadline", () => {
  test.each([
    ['chat', (gateway) => gateway.streamChat({ model, messages: [{ role: 'user', content: 'hi' }] }, limit)],
    ['responses', (gateway) => gateway.streamResponse({ model, input: 'hi' }, limit)],
    ['completions', (gateway) => gateway.streamCompletion({ model, prompt: 'hi' }, limit)],
  ] satisfies [string, Parameters<typeof brokenOff>[0]][])('is charged alike in %s', async (endpoint, streamOf) => {
    const { record, events } = await brokenOff(streamOf)
    expect(JSON.stringify(events)).toContain('three')
    expect(record).toMatchObject({ endpoint, outcome: 'interrupted', charge: forAll })
  })
})
