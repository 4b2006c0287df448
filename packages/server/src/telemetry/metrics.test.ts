import { picoUsd, type UsageRecord } from '@speka/core'
import { mintRequestId } from '@speka/core/internal'
import { addSnapshots, Metrics } from './metrics.ts'
import { renderMetrics } from './render-metrics.ts'

const attempt = {
  provider: 'one',
  upstreamModel: 'up',
  model: 'a',
  startedMs: 0,
  durationMs: 5,
  outcome: 'answered',
} as const

const record = (more: Partial<UsageRecord> = {}): UsageRecord => ({
  id: mintRequestId(0),
  endpoint: 'chat',
  stream: true,
  createdAt: 0,
  period: '1970-01',
  requestedModel: 'a',
  model: 'a',
  provider: 'one',
  outcome: 'complete',
  usage: { inputTokens: 10, outputTokens: 5 },
  charge: picoUsd(2_500_000n),
  attempts: [attempt],
  durationMs: 120,
  firstOutputMs: 40,
  ...more,
})

const page = (metrics: Metrics): string => renderMetrics(metrics.snapshot(3), [])

test('a request is counted by endpoint, model and provider, its money exactly', () => {
  const metrics = new Metrics()
  metrics.ended(record(), 0.4)
  metrics.ended(record({ charge: undefined }), 0.4)
  const text = page(metrics)
  const labels = 'endpoint="chat",model="a",provider="one"'
  expect(text).toContain(`speka_requests_total{${labels},outcome="complete"} 2\n`)
  expect(text).toContain(`speka_input_tokens_total{${labels}} 20\n`)
  expect(text).toContain(`speka_cost_usd_total{${labels}} 0.0000025\n`)
  expect(text).toContain(`speka_unpriced_requests_total{${labels}} 1\n`)
  expect(text).toContain(`speka_time_to_first_token_seconds_bucket{${labels},le="0.05"} 2\n`)
  expect(text).toContain('speka_gateway_overhead_seconds_bucket{le="0.0005"} 2\n')
  expect(text).toContain('speka_requests_in_flight 3\n')
})

test('errors go by code, attempts by how they ended, and a fallback is one answer of another target', () => {
  const metrics = new Metrics()
  const other = { ...attempt, provider: 'two' }
  metrics.ended(record({ attempts: [{ ...attempt, outcome: 'transient' }, other] }), 1)
  metrics.ended(record({ attempts: [{ ...attempt, outcome: 'transient' }, attempt] }), 1)
  metrics.ended(record({ outcome: 'failed', errorCode: 'upstream_error', attempts: [] }), 1)
  metrics.refused('invalid_api_key')
  const text = page(metrics)
  expect(text).toContain('speka_fallbacks_total 1\n')
  expect(text).toContain('speka_attempts_total{provider="one",outcome="transient"} 2\n')
  expect(text).toContain('speka_attempts_total{provider="two",outcome="answered"} 1\n')
  expect(text).toContain('speka_errors_total{code="upstream_error"} 1\n')
  expect(text).toContain('speka_errors_total{code="invalid_api_key"} 1\n')
})

test('a histogram counts what is below each bound, and everything in the end', () => {
  const metrics = new Metrics()
  for (const durationMs of [0.05, 0.1, 7, 400_000]) metrics.ended(record({ durationMs }), 0)
  const lines = page(metrics)
    .split('\n')
    .filter((line) => line.startsWith('speka_request_duration_seconds'))
  const counts = lines.filter((line) => line.includes('_bucket')).map((line) => Number(line.split(' ')[1]))
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  expect(lines.find((line) => line.includes('le="0.0001"'))).toMatch(/ 2$/)
  expect(lines.find((line) => line.includes('le="300"'))).toMatch(/ 3$/)
  expect(lines.find((line) => line.includes('le="+Inf"'))).toMatch(/ 4$/)
  expect(lines.at(-1)).toMatch(/_count\{.*\} 4$/)
})

test('models that strangers make up do not fill the memory', () => {
  const metrics = new Metrics()
  for (let made = 0; made < 3000; made += 1) metrics.ended(record({ model: `x${made}` }), 0)
  expect(metrics.snapshot(0).series.length).toBeLessThanOrEqual(1001)
  expect(page(metrics)).toContain('model="other"')
})

test('a name with quotes and line feeds stays one label', () => {
  const metrics = new Metrics()
  metrics.ended(record({ model: 'a"\\b\nc' }), 0)
  expect(page(metrics)).toContain(String.raw`model="a\"\\b\nc"`)
})

test('what several processes have counted adds up', () => {
  const [one, two] = [new Metrics(), new Metrics()]
  one.ended(record(), 1)
  two.ended(record({ charge: picoUsd(9_007_199_254_740_993n) }), 1)
  two.ended(record({ model: 'b' }), 1)
  const sum = addSnapshots([one, two].map((metrics) => JSON.parse(JSON.stringify(metrics.snapshot(1)))))
  expect(sum).toMatchObject({ inFlight: 2, series: [{ model: 'a', requests: { complete: 2 } }, { model: 'b' }] })
  expect(sum.series[0]?.chargePico).toBe('9007199257240993')
})

test('a unit that few answers have has a total once something of it was counted', () => {
  const metrics = new Metrics()
  metrics.ended(record(), 0.4)
  expect(page(metrics)).not.toContain('speka_searches_total')
  metrics.ended(record({ usage: { inputTokens: 10, outputTokens: 5, searches: 3, cacheWriteTokens: 7 } }), 0.4)
  const text = renderMetrics(addSnapshots([metrics.snapshot(0), metrics.snapshot(0)]), [])
  const labels = 'endpoint="chat",model="a",provider="one"'
  expect(text).toContain(`speka_searches_total{${labels}} 6\n`)
  expect(text).toContain(`speka_cache_write_tokens_total{${labels}} 14\n`)
})

test('what limits refuse is counted by kind and window, over all processes', () => {
  const [one, other] = [new Metrics(), new Metrics()]
  one.refused('rate_limit_exceeded', { kind: 'rpm', window: 'minute' })
  one.refused('insufficient_quota', { kind: 'usd', window: 'month' })
  other.refused('insufficient_quota', { kind: 'usd', window: 'month' })
  other.refused('invalid_api_key')
  const page = renderMetrics(addSnapshots([one.snapshot(0), other.snapshot(0)]), [])
  expect(page).toContain('speka_limit_refusals_total{kind="rpm",window="minute"} 1\n')
  expect(page).toContain('speka_limit_refusals_total{kind="usd",window="month"} 2\n')
})
