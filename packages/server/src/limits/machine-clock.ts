import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A clock that goes on over any number of processes, for as long as the machine is not started again. */
export interface MachineClock {
  /** Names the machine between two starts of it. */
  readonly boot: string
  /** Since then, in ms; goes on when the wall clock is stepped. */
  now(): number
  /** In ms since the epoch. */
  wall(): number
}

/** The clock of this machine. */
export function machineClock(): MachineClock {
  const atStart = Number(process.hrtime.bigint()) / 1e6 - performance.now()
  return { boot: bootOf(), now: () => atStart + performance.now(), wall: () => Date.now() }
}

/** Where the system does not name its starts, the machine counts as one that was never started again. */
function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `unknown:${hostname()}`
  }
}
