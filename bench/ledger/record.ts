import type { PicoUsd, Price, RequestId, UsageRecord } from '@speka/core'

const PRICE: Price = {
  input: 270_000n as PicoUsd,
  output: 1_100_000n as PicoUsd,
  source: 'config',
  asOf: '2026-01',
}
export const START = Date.UTC(2026, 9, 1)
export const MONTH_MS = 30 * 86_400_000
const MODELS = 4
/** Which key asks, of ten requests: two in five are of one key. */
const KEY_OF_TEN = [1, 1, 1, 1, 0, 0, 2, 3, 4, 4] as const

export function keyId(of: number): string {
  return `key_${String(of).padStart(22, '0')}`
}

/** The nth of so many requests, which are spread over a month. @param start when that begins. */
export function recordOf(n: number, rows: number, start = START): UsageRecord {
  const createdAt = start + Math.floor((n / rows) * MONTH_MS)
  const time = createdAt.toString(16).padStart(12, '0')
  const model = `acme/model-${n % MODELS}`
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}` as RequestId,
    keyId: keyId(KEY_OF_TEN[(n * 7 + (n >> 5)) % 10] ?? 0),
    customer: n % 3 === 0 ? undefined : `customer-${n % 1000}`,
    session: n % 2 === 0 ? undefined : `session-${n >> 4}`,
    endpoint: 'chat',
    stream: true,
    createdAt,
    period: new Date(createdAt).toISOString().slice(0, 7),
    requestedModel: model,
    model,
    provider: `acme-${n % 2}`,
    upstreamModel: 'model-large-2',
    upstreamId: `chatcmpl-${n}`,
    outcome: n % 97 === 0 ? 'failed' : 'complete',
    finishReason: 'stop',
    usage: { inputTokens: 1200 + (n % 100), cachedInputTokens: 1000, outputTokens: 340, reasoningTokens: 100 },
    price: PRICE,
    charge: n % 89 === 0 ? undefined : ((698_000_000n + BigInt(n)) as PicoUsd),
    attempts: [
      {
        provider: `acme-${n % 2}`,
        upstreamModel: 'model-large-2',
        model,
        startedMs: 0.25,
        durationMs: 812.5,
        firstOutputMs: 130.75,
        outcome: 'answered',
        status: 200,
        cost: (500_000_000n + BigInt(n % 1000)) as PicoUsd,
      },
    ],
    durationMs: 813.125 + (n % 3000),
    firstOutputMs: 131 + (n % 200),
  }
}
