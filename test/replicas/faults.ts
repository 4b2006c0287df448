import { setTimeout as wait } from 'node:timers/promises'
import type { Gateway } from '../support/spawn-gateway.ts'
import type { Replica, Replicas } from './replicas.ts'

/** How long things last, in ms. */
export interface Lasting {
  /** A database that is down, or a line that is cut. */
  readonly outage: number
  /** A replica that is stopped in the middle of whatever it does. */
  readonly stopped: number
}

/** What may befall replicas while they answer. Each resolves when all is there again. */
export type Befall = (replicas: Replicas, victim: Replica, lasting: Lasting) => Promise<void>

/** A start that finds no database in time ends with an error, and whatever looks after a replica starts it once more. */
const STARTS = 3

async function startAgain(gateway: Gateway): Promise<void> {
  for (let start = 1; ; start += 1) {
    try {
      await gateway.restart()
      return
    } catch (error) {
      if (start === STARTS) throw error
    }
  }
}

export const faults = {
  /** As by a kernel that is out of memory; started again on the same folder. */
  async 'replica killed'(_, { gateway }) {
    await gateway.kill()
    await wait(100)
    await startAgain(gateway)
  },
  /** Silent for a while, and goes on as if nothing had been. */
  async 'replica stopped'(_, { gateway }, { stopped }) {
    gateway.signal('SIGSTOP')
    await wait(stopped)
    gateway.signal('SIGCONT')
  },
  /** All sessions are lost at once. */
  async 'PostgreSQL killed'({ engines: { postgres } }, _, { outage }) {
    await postgres.kill()
    await wait(outage)
    await postgres.restart()
  },
  async 'Redis killed'({ engines: { redis } }, _, { outage }) {
    await redis.kill()
    await wait(outage)
    await redis.restart()
  },
  /** It takes connections and says nothing. */
  async 'Redis hung'({ engines: { redis } }, _, { outage }) {
    process.kill(redis.pid, 'SIGSTOP')
    await wait(outage)
    process.kill(redis.pid, 'SIGCONT')
  },
  async 'one cut off from PostgreSQL'(_, { postgres }, { outage }) {
    postgres.set('refusing')
    postgres.cut()
    await wait(outage)
    postgres.set('open')
  },
  /** What was sent before arrives when it is over, after whatever was sent instead of it meanwhile. */
  async 'the line of one to PostgreSQL silent'(_, { postgres }, { outage }) {
    postgres.set('silent')
    await wait(outage)
    postgres.set('open')
  },
  async 'one cut off from Redis'(_, { redis }, { outage }) {
    redis.set('silent')
    await wait(outage)
    redis.cut()
    redis.set('open')
  },
} as const satisfies Readonly<Record<string, Befall>>

export type FaultName = keyof typeof faults
