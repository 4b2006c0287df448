import { formatUsd, picoUsd } from '@speka/core'
import { unitEntries } from '@speka/core/internal'
import { BOUNDS_S, type Histogram } from './histogram.ts'
import type { MetricsSnapshot, Series } from './metrics.ts'

/** What is known of a target now. */
export interface TargetState {
  readonly model: string
  readonly provider: string
  readonly state: 'closed' | 'open' | 'half_open'
}

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number | string]

/** The number that stands for each state, so that an alarm can be set above 0. */
const STATE_NUMBERS = { closed: 0, half_open: 1, open: 2 } as const

/** Units that always show; the others do once something was counted. */
const USUAL: ReadonlySet<string> = new Set(['input', 'cached_input', 'output'])

/** Everything counted, in Prometheus' text format (version 0.0.4). */
export function renderMetrics(snapshot: MetricsSnapshot, targets: readonly TargetState[]): string {
  const { series } = snapshot
  const perSeries = (value: (one: Series) => number | string): Sample[] =>
    series.map((one) => [labelsOf(one), value(one)])
  return [
    family('speka_requests_total', 'counter', 'Requests that had a route, by how they ended.', requestsOf(series)),
    family(
      'speka_errors_total',
      'counter',
      'Errors that callers were told, by code.',
      Object.entries(snapshot.errors).map(([code, times]) => [{ code }, times]),
    ),
    family(
      'speka_limit_refusals_total',
      'counter',
      'Requests that a limit has refused, by its kind and its window.',
      Object.entries(snapshot.limitRefusals).map(([key, times]) => {
        const [kind = '', window = ''] = key.split('\n')
        return [{ kind, window }, times]
      }),
    ),
    family(
      'speka_attempts_total',
      'counter',
      'Calls to providers, by how they ended: answered, or the class of the failure.',
      Object.entries(snapshot.attempts).map(([key, times]) => {
        const [provider = '', outcome = ''] = key.split('\n')
        return [{ provider, outcome }, times]
      }),
    ),
    family('speka_fallbacks_total', 'counter', 'Requests that another target than the first has answered.', [
      [{}, snapshot.fallbacks],
    ]),
    ...unitEntries
      .filter(({ unit, count }) => USUAL.has(unit) || series.some((one) => one[count] > 0))
      .map(({ count, total, title }) =>
        family(
          `speka_${total}_total`,
          'counter',
          title,
          perSeries((one) => one[count]),
        ),
      ),
    family(
      'speka_cost_usd_total',
      'counter',
      'What customers were charged, in US dollars.',
      perSeries((one) => formatUsd(picoUsd(BigInt(one.chargePico)))),
    ),
    family(
      'speka_unpriced_requests_total',
      'counter',
      'Requests whose charge is not known.',
      perSeries((one) => one.unpriced),
    ),
    histogramFamily(
      'speka_request_duration_seconds',
      'From arrival to the end of the answer.',
      series.map((one) => [labelsOf(one), one.duration]),
    ),
    histogramFamily(
      'speka_time_to_first_token_seconds',
      'From arrival to the first output.',
      series.map((one) => [labelsOf(one), one.firstOutput]),
    ),
    histogramFamily('speka_gateway_overhead_seconds', 'What the gateway itself took, the ledger included.', [
      [{}, snapshot.overhead],
    ]),
    family('speka_requests_in_flight', 'gauge', 'Requests under way.', [[{}, snapshot.inFlight]]),
    family(
      'speka_breaker_state',
      'gauge',
      'Circuit breaker of each target: 0 closed, 1 half open, 2 open.',
      targets.map(({ model, provider, state }) => [{ model, provider }, STATE_NUMBERS[state]]),
    ),
  ].join('')
}

const labelsOf = ({ endpoint, model, provider }: Series): Labels => ({ endpoint, model, provider })

const requestsOf = (series: readonly Series[]): Sample[] =>
  series.flatMap((one) =>
    Object.entries(one.requests).map(([outcome, times]): Sample => [{ ...labelsOf(one), outcome }, times]),
  )

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  return head(name, type, help) + samples.map(([labels, value]) => line(name, labels, value)).join('')
}

function histogramFamily(name: string, help: string, samples: readonly (readonly [Labels, Histogram])[]): string {
  let text = head(name, 'histogram', help)
  for (const [labels, { counts, sumS }] of samples) {
    let total = 0
    for (const [at, bound] of [...BOUNDS_S, Infinity].entries()) {
      total += counts[at] ?? 0
      const le = bound === Infinity ? '+Inf' : String(bound)
      text += line(`${name}_bucket`, { ...labels, le }, total)
    }
    text += line(`${name}_sum`, labels, sumS) + line(`${name}_count`, labels, total)
  }
  return text
}

const head = (name: string, type: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

function line(name: string, labels: Labels, value: number | string): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
}

/** Backslash, quote and line feed, as the format demands. */
const escaped = (text: string): string =>
  text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
