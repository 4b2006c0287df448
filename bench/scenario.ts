import type { ContestantName } from './contestants/contestant.ts'
import type { Answers, Ask, Endpoint, HoldJob, HoldResult, PaceJob, PlanJob, PlanResult } from './load/job.ts'
import type { SaturateJob, Watched, WindowResult } from './load/job.ts'
import type { Comparison } from './measure/statistics.ts'

/** How long things take. */
export interface Timing {
  readonly rounds: number
  readonly warmUpMs: number
  readonly windowMs: number
  /** Streams of the idle measure. */
  readonly idle: number
  /** In place of times, where connections ask again as soon as they are answered. */
  readonly answers?: Answers | undefined
}

/** What one window with one contestant came to. A figure that could not be had is `undefined`. */
export interface Metrics {
  /** Answers, or events, a second. */
  readonly perSecond?: number | undefined
  /** Answers, or events, for each second of CPU of the server's whole process. */
  readonly perCore?: number | undefined
  /** CPU of the server's whole process for each answer, or event, in µs. */
  readonly cpuEach?: number | undefined
  /** CPU of the server's whole process in the window, in percent of a core. */
  readonly cpuPercent?: number | undefined
  /** µs */
  readonly p50?: number | undefined
  /** µs */
  readonly p99?: number | undefined
  /** µs */
  readonly firstTokenP50?: number | undefined
  /** µs */
  readonly firstTokenP99?: number | undefined
  readonly bytesPerStream?: number | undefined
  /** CPU of one routing decision, in µs. */
  readonly decision?: number | undefined
  /** Answers a second of several workers, times those of one. */
  readonly scaling?: number | undefined
}

/** A row of the table: which metric, and how it stands to the yardstick's. */
export interface FigureSpec {
  readonly metric: keyof Metrics
  readonly title: string
  readonly comparison: Comparison
}

/** A situation that contestants are put into, one after the other, round by round. */
export interface Scenario {
  /** For `--only`. */
  readonly name: string
  /** For progress. */
  readonly title: string
  readonly contestants: readonly ContestantName[]
  /** Contestants are started for this alone, anew in every round. That takes long, so there are half as many rounds. */
  readonly fresh?: true
  /** Contestants are started for this with so many workers too, and take their turn with one and with all of them. */
  readonly workers?: number
  /** Between two builds: how many answers each gives at a time. Those without are compared by time. */
  readonly answers?: Answers
  /** The load generator is shown to be faster by a run against the upstream itself. */
  readonly ceiling?: true
  /** What has to be right before it is worth measuring. */
  readonly probe?: Ask
  readonly figures: readonly FigureSpec[]
  /** The metric shown as it runs. */
  readonly shown: keyof Metrics
  job(endpoint: Endpoint, watched: Watched, timing: Timing): SaturateJob | PaceJob | HoldJob | PlanJob
  metrics(result: WindowResult | HoldResult | PlanResult): Metrics
}
