import { picoUsd, type UsageRecord } from '@speka/core'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { encodeRecord } from '../usage-row.ts'
import type { RecordRest } from '../usage-record-table.ts'
import { readToAdd } from './read-to-add.ts'

const restOf = (record: UsageRecord): string => encodeRecord(record).split('\t')[5] ?? ''

/** What is added up, or stands in the index over requests; of attempts, what each cost. */
const added = ({ attempts, price, ...rest }: RecordRest): object => {
  const { endpoint, stream, outcome, requestedModel, model, provider, upstreamId, labels, customer, session } = rest
  const { durationMs, firstOutputMs, inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = rest
  const costs = (Array.isArray(attempts) ? attempts : []).flatMap(({ cost }: { cost?: string }) => cost ?? [])
  const names = { endpoint, stream, outcome, requestedModel, model, provider, upstreamId, labels, customer, session }
  return {
    ...names,
    durationMs,
    firstOutputMs,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    reasoningTokens,
    costs,
    price,
  }
}

const answered = { provider: 'upstream', upstreamModel: 'm-1', model: 'm', outcome: 'answered', status: 200 } as const

const usual: UsageRecord = {
  ...usageRecord(),
  outcome: 'complete',
  requestedModel: 'm',
  model: 'm',
  provider: 'upstream',
  upstreamModel: 'm-1',
  upstreamId: 'chatcmpl-7',
  finishReason: 'stop',
  errorCode: undefined,
  usage: { inputTokens: 25, cachedInputTokens: 3, outputTokens: 200 },
  durationMs: 6.01,
  firstOutputMs: 6.001,
  attempts: [{ ...answered, startedMs: 0.018, durationMs: 5.975 }],
}

const [attempt = { ...answered, startedMs: 0, durationMs: 1 }] = usual.attempts

const records: readonly { readonly what: string; readonly record: Partial<UsageRecord> }[] = [
  { what: 'as nearly all are', record: {} },
  { what: 'without a price', record: { price: undefined, charge: undefined } },
  { what: 'without anything cached', record: { usage: { inputTokens: 1, outputTokens: 0 } } },
  { what: 'of whole milliseconds', record: { durationMs: 6, firstOutputMs: undefined } },
  { what: 'with labels and budgets', record: { labels: 12, budgets: [3, 44] } },
  { what: 'of a customer', record: { customer: 'ann', session: 's' } },
  { what: 'of a session alone', record: { session: '{"a":1}' } },
  {
    what: 'with all that few have',
    record: { labels: 2, customer: 'ö', usage: { reasoningTokens: 0, serviceTier: 'a' } },
  },
  { what: 'with what has to be escaped', record: { requestedModel: 'a"b\\', upstreamId: 'c\n' } },
  { what: 'with metadata that looks like it', record: { metadata: { a: '","inputTokens":7,"price":{}' } } },
  { what: 'with other units', record: { usage: { inputTokens: 5, outputTokens: 7, reasoningTokens: 2 } } },
  { what: 'with a tier', record: { usage: { inputTokens: 5, outputTokens: 7, serviceTier: 'flex' } } },
  { what: 'that failed', record: { outcome: 'failed', errorCode: 'upstream_error', attempts: [] } },
  {
    what: 'of two attempts',
    record: { attempts: [{ ...attempt, cost: picoUsd(9n), outcome: 'rate_limit' }, attempt] },
  },
  { what: 'whose one attempt cost something', record: { attempts: [{ ...attempt, cost: picoUsd(77n) }] } },
]

test.each(records)('of a record $what is read what parsing it finds', ({ record }) => {
  const text = restOf({ ...usual, ...record })
  expect(added(readToAdd(text))).toEqual(added(JSON.parse(text) as RecordRest))
})

test('one that is as nearly all are is not parsed: of its attempts no more is left than what they cost', () => {
  expect(readToAdd(restOf(usual))['attempts']).toEqual([])
  const full = {
    ...usual,
    labels: 4,
    budgets: [1],
    customer: 'ann',
    session: 's-1',
    usage: { inputTokens: 9, cachedInputTokens: 3, outputTokens: 2, reasoningTokens: 1, serviceTier: 'flex' },
    attempts: [{ ...attempt, cost: picoUsd(77n) }],
  }
  expect(readToAdd(restOf(full))['attempts']).toEqual([{ cost: '77' }])
  expect(readToAdd(restOf({ ...usual, metadata: { a: 'b' } }))['attempts']).toHaveLength(1)
})
