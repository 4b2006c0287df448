import { picoUsd } from '../money.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Call } from '../operations/call.ts'
import { join } from '../bytes/splice.ts'
import type { AnswerTail } from './attempt.ts'
import { pricedTail, pricedUsage } from './priced-tail.ts'

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
  expect(JSON.parse(priced(usage, 1_000_000n, asSent))).toEqual({
    a: 1,
    usage: { ...(JSON.parse(usage) as object), ...cost },
  })
})

test('without a price there is none of a gateway either', () => {
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
