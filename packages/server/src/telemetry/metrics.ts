import type { ErrorCode, LimitTold, UsageRecord } from '@speka/core'
import { countNames, type CountName } from '@speka/core/internal'
import { addHistogram, emptyHistogram, observe, type Histogram } from './histogram.ts'

/** Models and providers told apart: ids under a glob are a stranger's to make up, so there is an end to them. */
const MOST_SERIES = 1000
const OTHER = 'other'

/** How much there was of each unit. */
type Totals = Record<CountName, number>

/** What was counted of one endpoint, model and provider. */
export interface Series extends Totals {
  readonly endpoint: string
  readonly model: string
  readonly provider: string
  /** By outcome. */
  readonly requests: Record<string, number>
  /** In whole pico-dollars, as a decimal string between processes. */
  chargePico: string
  /** Requests whose charge is not known. */
  unpriced: number
  readonly duration: Histogram
  readonly firstOutput: Histogram
}

/** All that was counted, as plain data. */
export interface MetricsSnapshot {
  readonly series: readonly Series[]
  /** By error code, of all endpoints: requests refused before they had a route, too. */
  readonly errors: Readonly<Record<string, number>>
  /** Requests that a limit has refused, by its kind and its window, joined by a line feed. */
  readonly limitRefusals: Readonly<Record<string, number>>
  /** By provider and how the attempt ended, joined by a line feed. */
  readonly attempts: Readonly<Record<string, number>>
  /** Requests that another target than the first has answered. */
  readonly fallbacks: number
  readonly overhead: Histogram
  readonly inFlight: number
}

/** A series while it is counted: money stays a bigint until somebody asks. */
type Counted = Omit<Series, 'chargePico'> & { chargePico: bigint }

/** Counts what the gateway does. One look-up and a few additions for a request; all else when somebody asks. */
export class Metrics {
  readonly #series = new Map<string, Counted>()
  readonly #errors: Record<string, number> = {}
  readonly #limitRefusals: Record<string, number> = {}
  /** By provider, and how the attempt ended. */
  readonly #attempts = new Map<string, Map<string, number>>()
  readonly #overhead = emptyHistogram()
  #fallbacks = 0
  /** The series counted in last: nearly always the next one too. */
  #last: Counted | undefined

  /**
   * A request has ended.
   *
   * @param overheadMs what the gateway itself took: from arrival to the first attempt, and from the answer's end to its
   *   being in the ledger.
   */
  ended(record: UsageRecord, overheadMs: number): void {
    const series = this.#seriesOf(record)
    const { usage, charge, outcome, attempts } = record
    series.requests[outcome] = (series.requests[outcome] ?? 0) + 1
    // Of all the counts there are, an answer has a few: its other fields are no numbers.
    for (const name in usage) {
      const counted = usage[name as CountName]
      if (typeof counted === 'number') series[name as CountName] += counted
    }
    if (charge === undefined) series.unpriced += 1
    else series.chargePico += charge
    observe(series.duration, record.durationMs)
    if (record.firstOutputMs !== undefined) observe(series.firstOutput, record.firstOutputMs)
    observe(this.#overhead, overheadMs)
    for (const attempt of attempts) this.#countAttempt(attempt.provider, attempt.outcome)
    const [first] = attempts
    const last = attempts.at(-1)
    if (outcome === 'complete' && first !== undefined && last !== undefined && !samePlace(first, last))
      this.#fallbacks += 1
    if (record.errorCode !== undefined) this.refused(record.errorCode)
  }

  /** A caller was told an error. */
  refused(code: ErrorCode, limit?: Pick<LimitTold, 'kind' | 'window'>): void {
    count(this.#errors, code)
    if (limit !== undefined) count(this.#limitRefusals, `${limit.kind}\n${limit.window}`)
  }

  snapshot(inFlight: number): MetricsSnapshot {
    return {
      series: [...this.#series.values()].map((series) => ({ ...series, chargePico: series.chargePico.toString() })),
      errors: this.#errors,
      limitRefusals: this.#limitRefusals,
      attempts: Object.fromEntries(
        [...this.#attempts].flatMap(([provider, counts]) =>
          [...counts].map(([outcome, times]) => [`${provider}\n${outcome}`, times]),
        ),
      ),
      fallbacks: this.#fallbacks,
      overhead: this.#overhead,
      inFlight,
    }
  }

  #countAttempt(provider: string, outcome: string): void {
    let counts = this.#attempts.get(provider)
    if (counts === undefined) this.#attempts.set(provider, (counts = new Map()))
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }

  #seriesOf({ endpoint, model = '', provider = '' }: UsageRecord): Counted {
    const last = this.#last
    if (last?.model === model && last.provider === provider && last.endpoint === endpoint) return last
    return (this.#last = this.#seriesCalled(endpoint, model, provider))
  }

  #seriesCalled(endpoint: string, model: string, provider: string): Counted {
    const key = `${endpoint}\n${model}\n${provider}`
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= MOST_SERIES && model !== OTHER) return this.#seriesOfOther(endpoint)
    const made = emptySeries(endpoint, model, provider)
    this.#series.set(key, made)
    return made
  }

  #seriesOfOther(endpoint: string): Counted {
    const key = `${endpoint}\n${OTHER}\n${OTHER}`
    const known = this.#series.get(key) ?? emptySeries(endpoint, OTHER, OTHER)
    this.#series.set(key, known)
    return known
  }
}

const none = Object.fromEntries(countNames.map((name) => [name, 0])) as Totals

const emptySeries = (endpoint: string, model: string, provider: string): Counted => ({
  endpoint,
  model,
  provider,
  requests: {},
  ...none,
  chargePico: 0n,
  unpriced: 0,
  duration: emptyHistogram(),
  firstOutput: emptyHistogram(),
})

interface Place {
  readonly provider: string
  readonly upstreamModel: string
}

const samePlace = (a: Place, b: Place): boolean => a.provider === b.provider && a.upstreamModel === b.upstreamModel

const count = (counts: Record<string, number>, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by
}

/** What several processes have counted, together. */
export function addSnapshots(snapshots: readonly MetricsSnapshot[]): MetricsSnapshot {
  const series = new Map<string, Series>()
  const errors: Record<string, number> = {}
  const limitRefusals: Record<string, number> = {}
  const attempts: Record<string, number> = {}
  const overhead = emptyHistogram()
  let fallbacks = 0
  let inFlight = 0
  for (const snapshot of snapshots) {
    for (const one of snapshot.series) addSeries(series, one)
    for (const [code, times] of Object.entries(snapshot.errors)) count(errors, code, times)
    for (const [limit, times] of Object.entries(snapshot.limitRefusals)) count(limitRefusals, limit, times)
    for (const [key, times] of Object.entries(snapshot.attempts)) count(attempts, key, times)
    addHistogram(overhead, snapshot.overhead)
    fallbacks += snapshot.fallbacks
    inFlight += snapshot.inFlight
  }
  return { series: [...series.values()], errors, limitRefusals, attempts, fallbacks, overhead, inFlight }
}

function addSeries(all: Map<string, Series>, one: Series): void {
  const key = `${one.endpoint}\n${one.model}\n${one.provider}`
  const sum = all.get(key)
  if (sum === undefined) {
    all.set(key, structuredClone(one))
    return
  }
  for (const [outcome, times] of Object.entries(one.requests)) count(sum.requests, outcome, times)
  for (const name of countNames) sum[name] += one[name]
  sum.chargePico = (BigInt(sum.chargePico) + BigInt(one.chargePico)).toString()
  sum.unpriced += one.unpriced
  addHistogram(sum.duration, one.duration)
  addHistogram(sum.firstOutput, one.firstOutput)
}
