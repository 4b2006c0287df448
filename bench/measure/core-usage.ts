import { readFileSync } from 'node:fs'

/** What programs have used of one core since the machine began, in ticks of `/proc/stat`: interrupts and waiting left out. */
export interface CoreUsage {
  readonly programs: number
  readonly all: number
}

/** Reads one core's line of `/proc/stat`; `undefined` where there is none. */
export function coreUsage(core: number | undefined): CoreUsage | undefined {
  if (core === undefined) return undefined
  try {
    return coreIn(readFileSync('/proc/stat', 'latin1'), core)
  } catch {
    return undefined
  }
}

/** Finds the line of `core`: user, nice, system, idle, iowait, irq, softirq, steal. */
export function coreIn(stat: string, core: number): CoreUsage | undefined {
  const line = stat.split('\n').find((text) => text.startsWith(`cpu${core} `))
  if (line === undefined) return undefined
  const times = line.split(' ').slice(1, 9).map(Number)
  const [user = 0, nice = 0, system = 0] = times
  return { programs: user + nice + system, all: times.reduce((sum, time) => sum + time, 0) }
}

/** The share of the core, 0 to 1, that programs had between two readings. */
export function shareBetween(before: CoreUsage | undefined, after: CoreUsage | undefined): number | undefined {
  if (before === undefined || after === undefined || after.all <= before.all) return undefined
  return (after.programs - before.programs) / (after.all - before.all)
}
