import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** What the kernel has counted for a process, all its threads together, and for those it has started. */
export interface ProcessUsage {
  /** CPU time in user and kernel mode since it began, in seconds. */
  readonly cpuSeconds: number
  /** Memory that is in RAM now, in bytes. */
  readonly rssBytes: number
}

let units: { readonly ticksASecond: number; readonly bytesAPage: number } | undefined

/** Reads `/proc` for a process and those it has started; `undefined` where there is none, or no such process. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    units ??= { ticksASecond: systemValue('CLK_TCK'), bytesAPage: systemValue('PAGESIZE') }
    const used = usageIn(stat, units.ticksASecond, units.bytesAPage)
    return childrenOf(pid)
      .map((child) => processUsage(child))
      .reduce<ProcessUsage>(together, used)
  } catch {
    return undefined
  }
}

const together = (a: ProcessUsage, b: ProcessUsage = { cpuSeconds: 0, rssBytes: 0 }): ProcessUsage => ({
  cpuSeconds: a.cpuSeconds + b.cpuSeconds,
  rssBytes: a.rssBytes + b.rssBytes,
})

/** None where the kernel does not list them. */
function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(file)) return []
  return readFileSync(file, 'latin1').trim().split(' ').filter(Boolean).map(Number)
}

const systemValue = (name: string): number => Number(execFileSync('getconf', [name], { encoding: 'utf8' }))

/**
 * Takes apart a line of `/proc/PID/stat`: fields 14 and 15 are the CPU times in ticks, field 24 the pages in RAM. The second field
 * is a name in brackets that may hold spaces and brackets of its own.
 */
export function usageIn(stat: string, ticksASecond: number, bytesAPage: number): ProcessUsage {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return { cpuSeconds: (field(14) + field(15)) / ticksASecond, rssBytes: field(24) * bytesAPage }
}
