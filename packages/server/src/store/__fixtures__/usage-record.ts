import type { PicoUsd, RequestId, UsageRecord } from '@speka/core'

const NOON = Date.UTC(2026, 2, 14, 12)
let minted = 0

/** A usage record of a plain answered request, with a new id that sorts after the ones before, changed as asked. */
export function usageRecord(changes: Partial<Omit<UsageRecord, 'id' | 'charge'>> & { id?: string; charge?: bigint | undefined } = {}) {
  minted += 1
  const record: UsageRecord = {
    id: requestId(minted),
    account: 'default',
    keyId: 'key_A',
    endpoint: 'chat',
    stream: true,
    createdAt: NOON,
    period: '2026-03',
    requestedModel: 'fast',
    model: 'acme/fast',
    provider: 'acme',
    upstreamModel: 'fast-large-2',
    upstreamId: `chatcmpl-${minted}`,
    outcome: 'complete',
    finishReason: 'stop',
    usage: { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 340, reasoningTokens: 100 },
    price: { input: pico(270_000n), output: pico(1_100_000n), source: 'config', asOf: '2026-01' },
    charge: pico(698_000_000n),
    attempts: [
      {
        provider: 'acme',
        upstreamModel: 'fast-large-2',
        model: 'acme/fast',
        startedMs: 0.25,
        durationMs: 812.5,
        firstOutputMs: 130.75,
        outcome: 'answered',
        status: 200,
      },
    ],
    durationMs: 813.125,
    firstOutputMs: 131,
  }
  return { ...record, ...changes } as UsageRecord
}

/** An amount in pico-dollars. */
export const pico = (amount: bigint) => amount as PicoUsd

function requestId(n: number): RequestId {
  return `019cec00-0000-7000-8000-${n.toString(16).padStart(12, '0')}` as RequestId
}
