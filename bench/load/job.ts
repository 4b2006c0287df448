import type { Quantiles } from '../measure/statistics.ts'

/** Where requests go, and the headers this destination needs. */
export interface Endpoint {
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
}

/** What is asked. */
export interface Ask {
  readonly model: string
  readonly stream: boolean
  readonly prompt: Prompt
  /** Default: chat. */
  readonly endpoint?: 'embeddings' | 'responses' | 'messages'
}

/** What the caller says: text of a kind, such that the whole request has about this many bytes. */
export interface Prompt {
  readonly kind: 'prose' | 'code'
  readonly bytes: number
}

/** Processes and a core to keep an eye on while requests are sent. The load's own process is always watched. */
export interface Watched {
  readonly serverPid: number | undefined
  readonly upstreamPid: number
  readonly serverCore: number | undefined
}

/** One request, to see that the answer is the right one. */
export interface ProbeJob {
  readonly kind: 'probe'
  readonly endpoint: Endpoint
  readonly ask: Ask
}

/** How many answers come before the window begins, and how many in it. */
export interface Answers {
  readonly warmUp: number
  readonly window: number
}

/** Connections that ask again as soon as they are answered. */
export interface SaturateJob {
  readonly kind: 'saturate'
  readonly endpoint: Endpoint
  readonly ask: Ask
  readonly connections: number
  readonly warmUpMs: number
  readonly windowMs: number
  /** In place of those times: everybody gives as many answers as everybody else, however long they take. */
  readonly answers?: Answers | undefined
  readonly watched: Watched
}

/** Streams that come at a pace, all at once. */
export interface PaceJob {
  readonly kind: 'pace'
  readonly endpoint: Endpoint
  readonly streams: number
  readonly warmUpMs: number
  readonly windowMs: number
  readonly watched: Watched
}

/** Streams that are opened and then say nothing. */
export interface HoldJob {
  readonly kind: 'hold'
  readonly endpoint: Endpoint
  readonly streams: number
  readonly watched: Watched
}

/** Routes that are planned again and again, in the load generator itself: no server takes part. */
export interface PlanJob {
  readonly kind: 'plan'
  /** What the request says about routing; `undefined`: nothing. */
  readonly preferences: Readonly<Record<string, unknown>> | undefined
}

export type Job = ProbeJob | SaturateJob | PaceJob | HoldJob | PlanJob

/** CPU seconds used in the window; `undefined` where the system does not tell. */
export interface CpuSeconds {
  readonly server: number | undefined
  readonly upstream: number | undefined
  readonly load: number | undefined
}

export interface ProbeResult {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** What happened in a window of time. */
export interface WindowResult {
  readonly seconds: number
  /** Answers, or paced chunks, that came to their end within the window. */
  readonly count: number
  readonly errors: number
  /** Some of the errors, in words. */
  readonly errorWords: readonly string[]
  /** Times in microseconds: of whole answers, or how late a paced chunk came. */
  readonly times: Quantiles | undefined
  /** Times to the first token in microseconds, of streams that have one. */
  readonly firstTokenTimes: Quantiles | undefined
  readonly cpu: CpuSeconds
  /** The share of the server's core that programs had, the server among them. */
  readonly serverCoreShare: number | undefined
}

export interface HoldResult {
  readonly streams: number
  readonly errors: number
  readonly errorWords: readonly string[]
  /** Memory of the server for each stream, in bytes. */
  readonly bytesPerStream: number | undefined
}

export interface PlanResult {
  readonly errors: number
  readonly errorWords: readonly string[]
  /** CPU of one decision, in µs. */
  readonly decision: number
}

export type ResultOf<J extends Job> = J extends ProbeJob
  ? ProbeResult
  : J extends HoldJob
    ? HoldResult
    : J extends PlanJob
      ? PlanResult
      : WindowResult
