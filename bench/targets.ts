import type { ContestantName } from './contestants/contestant.ts'
import type { Comparison } from './measure/statistics.ts'
import type { Metrics } from './scenario.ts'

/** What Speka, with everything on and its ledger strict, must reach, as a median over the rounds. */
export interface Target {
  /** The name of a scenario of the plan. */
  readonly scenario: string
  readonly metric: keyof Metrics
  readonly comparison: Comparison
  readonly against: ContestantName
  /** Exactly one of these. */
  readonly atLeast?: number
  readonly atMost?: number
  /** What we would like. */
  readonly aim?: number
  readonly words: string
}

const toYardstick = { comparison: 'ratio', against: 'yardstick' } as const
/** Nobody else's figure is needed. */
const byItself = { comparison: 'value', against: 'speka' } as const
const addedToYardstick = { comparison: 'difference', against: 'yardstick' } as const

/** Times in µs, memory in bytes. */
export const targets: readonly Target[] = [
  {
    scenario: 'requests-16',
    metric: 'perSecond',
    ...toYardstick,
    atLeast: 0.45,
    aim: 0.6,
    words: "req/s at 16 connections, share of the yardstick's",
  },
  {
    scenario: 'requests-64',
    metric: 'perSecond',
    ...toYardstick,
    atLeast: 0.7,
    aim: 0.85,
    words: "req/s at 64 connections, share of the yardstick's",
  },
  {
    scenario: 'events',
    metric: 'perSecond',
    ...toYardstick,
    atLeast: 0.7,
    aim: 0.85,
    words: "SSE events/s, share of the yardstick's",
  },
  {
    scenario: 'requests-1',
    metric: 'p50',
    ...addedToYardstick,
    atMost: 300,
    aim: 150,
    words: 'p50 added at 1 connection, µs',
  },
  {
    scenario: 'first-token',
    metric: 'firstTokenP50',
    ...addedToYardstick,
    atMost: 1000,
    words: 'time to first token added, µs',
  },
  {
    scenario: 'idle',
    metric: 'bytesPerStream',
    ...byItself,
    atMost: 25_000,
    words: 'RSS per idle stream, bytes',
  },
  {
    scenario: 'prose-1mb',
    metric: 'cpuEach',
    ...toYardstick,
    atMost: 2,
    words: "CPU per request with 1 MB of prose, times the yardstick's",
  },
  {
    scenario: 'embeddings',
    metric: 'cpuEach',
    ...toYardstick,
    atMost: 1.6,
    words: "CPU per request for an embedding of 30 KB, times the yardstick's",
  },
  ...(['anthropic', 'gemini'] as const).map((format): Target => ({
    scenario: `events-${format}`,
    metric: 'perCore',
    ...byItself,
    atLeast: 100_000,
    words: `stream events per second and core, translated from ${format}`,
  })),
  ...(['default', 'order', 'price', 'throughput'] as const).map((sort): Target => ({
    scenario: `routing-${sort}`,
    metric: 'decision',
    ...byItself,
    atMost: 5,
    words: `routing decision among 20 targets, ${sort}, µs`,
  })),
  {
    scenario: 'requests-16',
    metric: 'perSecond',
    comparison: 'ratio',
    against: 'portkey',
    atLeast: 10,
    words: "req/s at 16 connections, times Portkey's",
  },
  {
    scenario: 'two-workers',
    metric: 'scaling',
    ...toYardstick,
    atLeast: 0.9,
    words: "what a second worker adds, share of the yardstick's",
  },
]
