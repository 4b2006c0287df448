import type { Endpoint } from '../load/job.ts'
import type { Process } from '../processes/start-process.ts'

export type ContestantName =
  | 'yardstick'
  | 'speka'
  | 'speka-before'
  | 'speka-relaxed'
  | 'speka-limited'
  | 'speka-crowded'
  | 'speka-postgres'
  | 'speka-replica'
  | 'portkey'

/** What stands between the load and the upstream. */
export interface Contestant {
  readonly name: ContestantName
  readonly process: Process
  readonly endpoint: Endpoint
}

/** How to start one, as often as a measure needs a fresh one. */
export interface Entrant {
  readonly name: ContestantName
  /** In tables. */
  readonly title: string
  start(surroundings: Surroundings): Promise<Contestant>
}

/** What a contestant is given. */
export interface Surroundings {
  readonly upstreamPort: number
  readonly core: number | undefined
  /** How many processes are to share the work. */
  readonly workers: number
  /** An empty folder, on the disk of the checkout. */
  readonly folder: string
}
