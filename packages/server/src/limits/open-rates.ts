import cluster, { type Worker } from 'node:cluster'
import { mkdirSync } from 'node:fs'
import { realClock } from '@speka/core/node'
import {
  BEYOND_MS,
  LocalRates,
  RateAuthority,
  RateCounts,
  SharedRates,
  type RateJournal,
  type RateLimits,
} from '@speka/core/internal'
import type { RedisLink } from '../redis/open-redis.ts'
import { countingRedis } from '../redis/rate-counter.ts'
import type { RateDatabase } from '../store/rate-database.ts'
import type { Log } from '../telemetry/log.ts'
import { machineClock } from './machine-clock.ts'
import { RateDesk } from './rate-desk.ts'
import { claimJournal } from './own-journal.ts'
import { FileJournal } from './rate-journal.ts'
import { isRateMessage, type RatePeer } from './rate-messages.ts'
import { ReplicaRateLine } from './replica-rates.ts'
import { SupervisedRateLine } from './supervised-rates.ts'

/** The rates of this process, and what ends them in good order. */
export interface OpenRates {
  readonly rates: RateLimits
  close(): void | Promise<void>
}

/** What replicas count their rates in together. */
export interface ReplicaRates {
  readonly database: RateDatabase
  /** `undefined`: the database counts. */
  readonly redis: RedisLink | undefined
}

/**
 * The rates of this process: of a replica as all replicas count them together, of a worker as its supervisor hands them out, of one on its own
 * as it counts them itself.
 */
export function openRates(dataDir: string, log: Log, replicas?: ReplicaRates): OpenRates {
  if (replicas !== undefined) {
    const { database, redis } = replicas
    const line = new ReplicaRateLine({ database, redis: redis && countingRedis(redis), clock: realClock })
    return { rates: new SharedRates({ line, clock: realClock }), close: () => line.close() }
  }
  if (cluster.worker !== undefined) {
    const rates = new SharedRates({ line: new SupervisedRateLine(supervisor), clock: realClock })
    return { rates, close() {} }
  }
  const { counts, now, journal, close } = openCounts(dataDir, log)
  return { rates: new LocalRates({ counts, now, journal }), close }
}

/** Where the workers of this process ask for the slots of rates. */
export const openRateDesk = (dataDir: string, log: Log): RateDesk =>
  new RateDesk(() => new RateAuthority(openCounts(dataDir, log)))

/** A store that is elsewhere has made none. Where it cannot be made, whoever writes into it says so. */
function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch {
    // It is told with the first thing that is to be written.
  }
}

interface OpenCounts {
  readonly counts: RateCounts
  readonly now: () => number
  readonly journal?: RateJournal
  close(): void
}

function openCounts(dataDir: string, log: Log): OpenCounts {
  const clock = machineClock()
  const now = (): number => clock.now()
  makeFolder(dataDir)
  const release = claimJournal(dataDir)
  if (release === undefined) {
    log.pino.warn(
      'another gateway runs on this data folder, and rates are not shared with it: each of the two admits as many requests as a rate allows. What this one counts is kept in memory. To share rates, start one gateway with --workers',
    )
    return { counts: new RateCounts({ beyondMs: BEYOND_MS }), now, close() {} }
  }
  const { journal, earlier } = FileJournal.open({
    dataDir,
    clock,
    counts: () => counts,
    trouble: {
      lost: (error) =>
        log.pino.error(
          { cause: error.message },
          'what rates count cannot be written into the data folder, and is kept in memory: it is forgotten if this process is killed',
        ),
      found: () => log.pino.info('what rates count is written into the data folder again'),
    },
  })
  // Beyond the window in a process on its own as well: on its way to an upstream one request overtakes another.
  const counts = new RateCounts({ beyondMs: BEYOND_MS, fullUntil: earlier.fullUntil })
  for (const entry of earlier.entries) counts.restore(entry)
  const close = (): void => {
    journal.close()
    release()
  }
  return { counts, now, journal, close }
}

const supervisor: RatePeer = {
  send(message, failed) {
    process.send?.(message, undefined, undefined, (error) => {
      if (error !== null) failed(error)
    })
  },
  hear(listener) {
    process.on('message', (message: unknown) => {
      if (isRateMessage(message)) listener(message)
    })
  },
}

/** A worker, as the desk knows it. */
export const workerPeer = (worker: Worker): RatePeer => ({
  send(message, failed) {
    worker.send(message, (error) => {
      if (error !== null) failed(error)
    })
  },
  hear(listener) {
    worker.on('message', (message: unknown) => {
      if (isRateMessage(message)) listener(message)
    })
  },
})
