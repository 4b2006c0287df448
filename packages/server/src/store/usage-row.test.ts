import { picoUsd, type Outcome, type UsageRecord } from '@speka/core'
import { countNames, unitEntries } from '@speka/core/internal'
import fc from 'fast-check'
import { usageRecord } from './__fixtures__/usage-record.ts'
import { decodeRecord, encodeRecord, timeJson } from './usage-row.ts'
import { oldRow, storedRow } from './sqlite/thread/read-rows.ts'

/** A record that went into the table and came out of it. */
function kept(record: UsageRecord): UsageRecord {
  const [id, created_at, account, key_id, charge_pico, rest] = encodeRecord(record).split('\t')
  const row = { place: 2n ** 40n + 1n, id, created_at, account, key_id, charge_pico, record: rest }
  return decodeRecord(storedRow(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null]))))
}

test('every unit is kept, and every rate of the price with its condition, and the tier that served it', () => {
  const record: UsageRecord = {
    ...usageRecord(),
    usage: { ...Object.fromEntries(countNames.map((count, at) => [count, at + 1])), serviceTier: 'flex' },
    price: {
      source: 'config',
      asOf: '2027-01-01',
      when: { serviceTier: 'flex', aboveInputTokens: 200_000 },
      ...Object.fromEntries(unitEntries.map(({ rate }, at) => [rate, picoUsd(BigInt(at + 1) * 10n ** 16n)])),
    },
  }
  expect(kept(record)).toEqual(record)
})

test('a row from before there were more units is read as it was written', () => {
  const details =
    '{"endpoint":"chat","stream":true,"period":"2026-03","requestedModel":"m","provider":"p","upstreamModel":"u",' +
    '"finishReason":"stop","reasoningTokens":100,"images":2,"estimated":true,"durationMs":12.5,"firstOutputMs":3.25,' +
    '"attempts":[{"provider":"p","upstreamModel":"u","model":"m","startedMs":0,"durationMs":12,"outcome":"answered",' +
    '"status":200,"cost":"77"}],"price":{"input":"270000","cachedInput":"70000","output":"1100000",' +
    '"image":"40000000000","source":"published","asOf":"2026-06"}}'
  const row = {
    n: 7n,
    id: '0195a1b2-0000-7000-8000-000000000001',
    key_id: 'key_A',
    created_at: 1_773_489_600_000n,
    upstream_id: 'up-1',
    model: 'm',
    outcome: 'complete',
    input_tokens: 1200n,
    cached_input_tokens: 1000n,
    output_tokens: 340n,
    charge_pico: 123n,
    details,
  }
  expect(decodeRecord(oldRow(row))).toEqual({
    id: row.id,
    account: 'default',
    keyId: 'key_A',
    endpoint: 'chat',
    stream: true,
    createdAt: 1_773_489_600_000,
    period: '2026-03',
    requestedModel: 'm',
    model: 'm',
    provider: 'p',
    upstreamModel: 'u',
    upstreamId: 'up-1',
    outcome: 'complete',
    finishReason: 'stop',
    usage: {
      inputTokens: 1200,
      cachedInputTokens: 1000,
      outputTokens: 340,
      reasoningTokens: 100,
      images: 2,
      estimated: true,
    },
    price: {
      input: 270_000n,
      cachedInput: 70_000n,
      output: 1_100_000n,
      image: 40_000_000_000n,
      source: 'published',
      asOf: '2026-06',
    },
    charge: 123n,
    attempts: [
      {
        provider: 'p',
        upstreamModel: 'u',
        model: 'm',
        startedMs: 0,
        durationMs: 12,
        outcome: 'answered',
        status: 200,
        cost: 77n,
      },
    ],
    durationMs: 12.5,
    firstOutputMs: 3.25,
  })
})

/** Any text, and often one of a few: what many records have in common is written once. */
const text = fc.oneof(fc.constantFrom('acme', 'a"b\t\\', '李🐢'), fc.string({ unit: 'binary' }))
const ms = fc.oneof(
  fc.integer({ min: 0, max: 5_000_000 }).map((microseconds) => microseconds / 1000),
  fc.double({ min: 0, max: 1e12, noNaN: true }).map((time) => time + 0),
)
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const asked = { provider: text, model: text, upstreamModel: text }

const attempts = fc.array(
  fc.record({
    ...asked,
    startedMs: ms,
    durationMs: ms,
    firstOutputMs: some(ms),
    outcome: fc.constantFrom('answered' as const, 'rate_limit' as const),
    status: some(fc.integer({ min: 100, max: 599 })),
    message: some(text),
    cost: some(fc.bigInt({ min: 0n, max: 10n ** 20n }).map(picoUsd)),
  }),
  { maxLength: 3 },
)

const records: fc.Arbitrary<UsageRecord> = fc
  .record({
    ...asked,
    requestedModel: fc.oneof(fc.constant('fast'), text),
    stream: fc.boolean(),
    outcome: fc.constantFrom<Outcome>('complete', 'failed', 'cancelled'),
    period: fc.constantFrom('2026-03', '2026-04'),
    finishReason: some(text),
    metadata: some(fc.dictionary(text, text, { noNullPrototype: true })),
    upstreamId: some(text),
    labels: some(fc.nat()),
    budgets: some(fc.array(fc.nat())),
    customer: some(text),
    session: some(text),
    answeredBy: some(text),
    notes: some(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { noNullPrototype: true })),
    usage: fc.record({
      inputTokens: some(fc.maxSafeNat()),
      outputTokens: some(fc.maxSafeNat()),
      images: some(fc.nat()),
      estimated: some(fc.boolean()),
      capped: some(fc.boolean()),
      serviceTier: some(text),
    }),
    durationMs: ms,
    firstOutputMs: some(ms),
    attempts,
  })
  .map((fields) => ({ ...usageRecord(), ...fields }))

test('any record is kept as it is, whatever was written before', () => {
  fc.assert(
    fc.property(fc.array(records, { minLength: 1, maxLength: 5 }), (several) => {
      for (const record of several) expect(kept(record)).toEqual(record)
    }),
    { numRuns: 300 },
  )
})

test('records that differ in one thing alone are told apart', () => {
  const record = usageRecord()
  const others: readonly Partial<UsageRecord>[] = [
    { endpoint: 'responses' },
    { stream: false },
    { outcome: 'cancelled' },
    { requestedModel: 'slow' },
    { model: 'acme/slow' },
    { provider: 'bolt' },
    { upstreamModel: 'fast-large-3' },
    { finishReason: 'length' },
    { finishReason: undefined },
  ]
  for (const other of others)
    expect([record, { ...record, ...other }].map(kept)).toEqual([record, { ...record, ...other }])
})

test.each([0, 0.001, 0.01, 0.1, 1, 12.5, 1234.567, 999_999_999.999, 1e9, 1e21, 0.0005, 1 / 3])(
  'a time of %d ms is written as JSON has it',
  (time) => {
    expect(timeJson(time)).toBe(JSON.stringify(time))
  },
)
