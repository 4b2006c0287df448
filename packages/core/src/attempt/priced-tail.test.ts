import { picoUsd } from '../money.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Call } from '../operations/call.ts'
import { join } from '../bytes/splice.ts'
import type { AnswerTail } from './attempt.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { mintRequestId } from '../uuid.ts'
import { pricedTail, pricedUsage, withCappedUsage } from './priced-tail.ts'

const call = { endpoint: 'chat', stream: false } as Call

const priced = (usage: string, charge: bigint | undefined, usageIsAsSent: boolean): string => {
  const start = '{"a":1,"usage":'.length
  const tail: AnswerTail = {
    kind: 'json',
    body: Buffer.from(`{"a":1,"usage":${usage}}`),
    edits: [],
    usageJson: JSON.parse(usage) as Record<string, unknown>,
    usageAt: { start, end: start + usage.length },
    usageIsAsSent,
  }
  const record = { charge: charge === undefined ? undefined : picoUsd(charge) } as UsageRecord
  return join(pricedTail(tail, record, call)).toString()
}

const counts = '{ "prompt_tokens": 3, "completion_tokens" : 4 }'

test('the cost is added behind what the upstream has counted, which keeps its spelling', () => {
  expect(priced(counts, 4_250_000n, true)).toBe(
    '{"a":1,"usage":{ "prompt_tokens": 3, "completion_tokens" : 4 ,"cost":0.00000425,"cost_details":{"total":"0.00000425"}}}',
  )
})

test.each([
  { why: 'the counts were mended', usage: counts, asSent: false },
  { why: 'a gateway has put its own price there', usage: '{"prompt_tokens":3,"cost":9}', asSent: true },
  { why: 'a gateway has put its own details there', usage: '{"prompt_tokens":3,"cost_details":{}}', asSent: true },
  { why: 'nothing was counted', usage: '{}', asSent: true },
])('the counts are written anew where $why', ({ usage, asSent }) => {
  const cost = { cost: 0.000_001, cost_details: { total: '0.000001' } }
  const written = priced(usage, 1_000_000n, asSent)
  expect(JSON.parse(written)).toEqual({ a: 1, usage: { ...(JSON.parse(usage) as object), ...cost } })
  expect(written.match(/"cost_details"/g)).toHaveLength(1)
})

test('counts by the names of other APIs keep their spelling as well', () => {
  expect(priced('{"input_tokens" : 3}', 1_000_000n, true)).toContain('{"input_tokens" : 3,"cost":0.000001')
})

test('without a price there is none of a gateway either', () => {
  expect(JSON.parse(priced('{"prompt_tokens":3}', undefined, true))).toEqual({ a: 1, usage: { prompt_tokens: 3 } })
  expect(JSON.parse(priced('{"prompt_tokens":3,"cost":9}', undefined, true))).toEqual({
    a: 1,
    usage: { prompt_tokens: 3 },
  })
})

test('a price shown is exact, and never that of an upstream', () => {
  const shown = { prompt_tokens: 1, cost: 7, cost_details: { total: '7' }, x: null }
  expect(pricedUsage(shown, picoUsd(1n))).toEqual({
    prompt_tokens: 1,
    x: null,
    cost: 1e-12,
    cost_details: { total: '0.000000000001' },
  })
  expect(pricedUsage(shown, undefined)).toEqual({ prompt_tokens: 1, x: null })
})

const charged = { charge: picoUsd(1_000_000n) } as UsageRecord
const cost = { cost: 0.000_001, cost_details: { total: '0.000001' } }

describe('what else was changed in an answer stays changed', () => {
  const body = Buffer.from('{"model":"theirs","usage":{"prompt_tokens":3}}')
  const edits = [{ start: 9, end: 17, text: '"ours"' }]
  const usageAt = { start: 26, end: 45 }
  const json = { kind: 'json', body, edits, usageJson: { prompt_tokens: 3 }, usageAt, usageIsAsSent: true } as const

  test.each([
    ['with the cost alone', json, { prompt_tokens: 3, ...cost }],
    ['with usage anew', { ...json, usageIsAsSent: false }, { prompt_tokens: 3, ...cost }],
    ['where nobody knows where usage stands', { ...json, usageAt: undefined }, { prompt_tokens: 3, ...cost }],
    ['without usage', { ...json, usageJson: undefined, usageAt: undefined }, { prompt_tokens: 3 }],
  ])('%s', (_, tail, usage) => {
    expect(JSON.parse(join(pricedTail(tail, charged, call)).toString())).toEqual({ model: 'ours', usage })
  })

  test('in what is no object too', () => {
    const tail = { ...json, body: Buffer.from('"theirs"'), edits: [{ start: 0, end: 8, text: '"ours"' }] }
    expect(join(pricedTail({ ...tail, usageAt: undefined }, charged, call)).toString()).toBe('"ours"')
  })
})

test('a whole answer is told as events to who wants a stream of what is drawn, and as it is to everybody else', () => {
  const body = Buffer.from('{"created":1,"data":[{"b64_json":"aGk="}]}')
  const tail: AnswerTail = {
    kind: 'json',
    body,
    edits: [],
    usageJson: undefined,
    usageAt: undefined,
    usageIsAsSent: true,
  }
  const told = (asked: object) => join(pricedTail(tail, charged, asked as Call)).toString()
  expect(told({ endpoint: 'images', stream: true })).toMatch(/^event: image_generation.completed\ndata: /)
  expect(told({ endpoint: 'images', stream: false })).toBe(body.toString())
  expect(told({ endpoint: 'chat', stream: true })).toBe(body.toString())
})

test('the last bytes of an answer of bytes are those', () => {
  const rest = [Buffer.from('a')]
  expect(pricedTail({ kind: 'bytes', rest }, charged, call)).toBe(rest)
})

test('the end of a stream in a dialect of its own is told what was used, and what it cost', () => {
  const frames = [Buffer.from('a')]
  const usageJson = { input_tokens: 3 }
  const tail = {
    kind: 'native',
    frames,
    whole: (told: object) => [Buffer.from(JSON.stringify(told))],
    usageJson,
  } as AnswerTail
  const [first, second] = pricedTail(tail, charged, call).map(String)
  expect(first).toBe('a')
  expect(JSON.parse(String(second))).toEqual({ usageJson, cost })
  const [, free] = pricedTail(tail, { charge: undefined } as UsageRecord, call).map(String)
  expect(JSON.parse(String(free))).toEqual({ usageJson, cost: {} })
})

describe('the usage event of a stream', () => {
  const asking = writeChatCall(
    { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true, stream_options: { include_usage: true } },
    { id: mintRequestId(0), receivedAt: 0 },
  )
  const event = (tail: Partial<Extract<AnswerTail, { kind: 'stream' }>>, record: Partial<UsageRecord>): unknown => {
    const told = { ...charged, id: 'r1', createdAt: 5_000_999, requestedModel: 'fast', ...record } as UsageRecord
    const whole = { kind: 'stream', frames: [], created: undefined, usageJson: { prompt_tokens: 3 }, ...tail } as const
    const text = join(pricedTail(whole, told, asking)).toString()
    return JSON.parse(text.slice('data: '.length, text.indexOf('\n')))
  }

  test('has the names that the upstream has told', () => {
    expect(event({ created: 7 }, { upstreamId: 'chatcmpl-up', model: 'acme/fast' })).toMatchObject({
      id: 'chatcmpl-up',
      created: 7,
      model: 'acme/fast',
      usage: { prompt_tokens: 3, ...cost },
    })
  })

  test('has the record’s where the upstream has told none', () => {
    expect(event({}, {})).toMatchObject({ id: 'chatcmpl-r1', created: 5000, model: 'fast' })
  })
})

test('a caller is told that it is charged for less than the provider said, wherever usage is shown', () => {
  const usageJson = { prompt_tokens: 3 }
  const capped = { prompt_tokens: 3, capped: true }
  const stream = { kind: 'stream', frames: [], created: 7, usageJson } as const
  expect(withCappedUsage(stream)).toEqual({ ...stream, usageJson: capped })
  expect(withCappedUsage({ ...stream, usageJson: undefined }).kind).toBe('stream')
  const native = { kind: 'native', frames: [], whole: () => [], usageJson } as const
  expect(withCappedUsage(native)).toEqual({ ...native, usageJson: capped })
  expect(withCappedUsage({ ...native, usageJson: undefined })).toEqual({ ...native, usageJson: { capped: true } })
  const json = { kind: 'json', body: Buffer.from(''), edits: [], usageAt: undefined, usageIsAsSent: true } as const
  expect(withCappedUsage({ ...json, usageJson })).toEqual({ ...json, usageJson: capped, usageIsAsSent: false })
  const bytes = { kind: 'bytes', rest: [] } as const
  expect(withCappedUsage(bytes)).toBe(bytes)
})
