import { picoUsd, type UsageRecord } from '@speka/core'
import { countNames, unitEntries } from '@speka/core/internal'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { decodeRecord, encodeRecord } from './usage-row.ts'
import { oldRow, storedRow } from './thread/read-rows.ts'

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
