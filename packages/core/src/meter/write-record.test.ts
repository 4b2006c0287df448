import type { Failure } from '../failure.ts'
import { parsePricePerMillion, parseUsd, picoUsd } from '../money.ts'
import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import {
  attemptRecord,
  usageRecord,
  type AttemptCourse,
  type MeteredAnswer,
  type RequestCourse,
} from './write-record.ts'

const noon = Date.UTC(2026, 2, 14, 12)
const old = { input: parsePricePerMillion('9'), output: parsePricePerMillion('9'), source: 'published' } as const
const price = {
  input: parsePricePerMillion('1'),
  output: parsePricePerMillion('2'),
  source: 'config',
  asOf: '2026-03-01',
} as const
const entry = {
  id: 'm',
  name: 'M',
  ownedBy: 'lab',
  endpoints: ['chat'],
  capabilities: [],
  prices: [old, price],
} as const
const target = { provider: 'one', model: 'm', upstreamModel: 'up', entry }
const usage = { inputTokens: 10, outputTokens: 5 }
const due = picoUsd(20_000_000n)

describe('an attempt', () => {
  const course: AttemptCourse = {
    receivedAt: noon,
    startedMs: 1.00049,
    endedMs: 3.0004,
    firstOutputMs: 2.0004,
    failure: undefined,
    status: 200,
    usage,
  }
  const failure: Failure = { class: 'transient', mayBeBilled: true, message: 'had a bad moment' }

  test('is written down with its times from its own start, in whole microseconds', () => {
    expect(attemptRecord(target, course)).toEqual({
      provider: 'one',
      upstreamModel: 'up',
      model: 'm',
      startedMs: 1,
      durationMs: 2,
      firstOutputMs: 1,
      outcome: 'answered',
      status: 200,
      message: undefined,
      cost: undefined,
    })
    expect(attemptRecord(target, { ...course, firstOutputMs: undefined }).firstOutputMs).toBeUndefined()
  })

  test('costs the operator what its target says, unless it failed', () => {
    const paid = { ...target, costs: [old, price] }
    expect(attemptRecord(paid, course).cost).toBe(due)
    expect(attemptRecord(paid, { ...course, failure })).toMatchObject({
      outcome: 'transient',
      message: 'had a bad moment',
      cost: undefined,
    })
  })
})

describe('a request', () => {
  const call = writeChatCall(
    { model: 'alias', messages: [{ role: 'user', content: 'hi' }] },
    { id: mintRequestId(noon), receivedAt: noon, keyId: 'key_A' },
  )
  const course: RequestCourse = {
    outcome: 'complete',
    errorCode: undefined,
    delivered: true,
    byCaller: false,
    attempts: [],
    durationMs: 12.34567,
    firstOutputMs: 4.56789,
  }
  const answer: MeteredAnswer = { usage, upstreamId: 'up-1', finishReason: 'stop' }

  test('is written down at the price in force when it arrived', () => {
    expect(usageRecord(call, target, answer, course)).toEqual({
      id: call.id,
      keyId: 'key_A',
      endpoint: 'chat',
      stream: false,
      createdAt: noon,
      period: '2026-03',
      requestedModel: 'alias',
      metadata: undefined,
      model: 'm',
      provider: 'one',
      upstreamModel: 'up',
      upstreamId: 'up-1',
      outcome: 'complete',
      finishReason: 'stop',
      errorCode: undefined,
      usage,
      price,
      charge: due,
      attempts: [],
      farSide: undefined,
      durationMs: 12.346,
      firstOutputMs: 4.568,
    })
    expect(usageRecord(call, target, answer, { ...course, firstOutputMs: undefined }).firstOutputMs).toBeUndefined()
    expect(usageRecord({ ...call, surface: 'responses' }, target, answer, course).endpoint).toBe('responses')
    expect(usageRecord(call, target, { ...answer, model: 'chosen' }, course).model).toBe('chosen')
  })

  test('says for whom it was made, and in whose account', () => {
    const named = { account: 'acme', labels: 3, customer: 'cus-1', session: 'ses-1' }
    expect(usageRecord({ ...call, ...named }, target, { ...answer, answeredBy: 'cache' }, course)).toMatchObject({
      ...named,
      answeredBy: 'cache',
    })
  })

  test('says what the caller was told, and what a server behind it has told', () => {
    const farSide = { requestId: 'r', provider: 'p', attempts: [] }
    const told = { ...course, outcome: 'failed', errorCode: 'upstream_error', farSide } as const
    expect(usageRecord(call, target, answer, told)).toMatchObject({ errorCode: 'upstream_error', farSide })
  })

  const charge = parseUsd('0.5')

  test.each([
    ['a whole answer', { outcome: 'complete' }, charge],
    ['one that the caller left', { outcome: 'cancelled', byCaller: true }, charge],
    ['one that the caller left before any of it', { outcome: 'cancelled', byCaller: true, delivered: false }, 0n],
    ["one that the caller's limit ended", { outcome: 'interrupted', byCaller: true }, charge],
    ['one that broke', { outcome: 'interrupted' }, 0n],
    ['an error', { outcome: 'failed', delivered: false }, 0n],
  ] as const)('is charged what another gateway says, as far as it is charged at all: %s', (_, changes, charged) => {
    const record = usageRecord(call, target, { ...answer, charge }, { ...course, ...changes })
    expect(record).toMatchObject({ charge: charged, price: undefined })
  })

  test.each([
    ['below it', due + 1n, due, undefined],
    ['at it', due, due, undefined],
    ['above it', due - 1n, due - 1n, true],
  ])('is charged no more than its limit: %s', (_, limit, charged, capped) => {
    const record = usageRecord({ ...call, maxCost: picoUsd(limit) }, target, answer, course)
    expect(record.charge).toBe(charged)
    expect(record.usage).toEqual(capped === undefined ? usage : { ...usage, capped })
  })

  test('without a price has no charge, whatever its limit', () => {
    const unpriced = { ...target, entry: { ...entry, prices: [] } }
    expect(usageRecord({ ...call, maxCost: picoUsd(1n) }, unpriced, answer, course)).toMatchObject({
      charge: undefined,
      usage,
    })
  })

  const keep = (metadata: Record<string, unknown> | null) =>
    usageRecord({ ...call, outline: { ...call.outline, metadata } }, target, answer, course).metadata

  test('keeps as much of its metadata as OpenAI does', () => {
    expect(keep({ team: 'blue', count: 7, none: null })).toEqual({ team: 'blue' })
    expect(keep({ ['k'.repeat(70)]: 'v'.repeat(600) })).toEqual({ ['k'.repeat(64)]: 'v'.repeat(512) })
    expect(keep({ cut: `${'v'.repeat(511)}🐢` })).toEqual({ cut: `${'v'.repeat(511)}\uFFFD` })
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'v']))
    expect(Object.keys(keep(many) ?? {})).toHaveLength(16)
    expect(keep({})).toBeUndefined()
    expect(keep({ count: 7 })).toBeUndefined()
    expect(keep(null)).toBeUndefined()
  })
})
