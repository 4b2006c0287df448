import { coreUsage, shareBetween } from '../measure/core-usage.ts'
import { processUsage } from '../measure/process-usage.ts'
import type { CpuSeconds, Watched, WindowResult } from './job.ts'

/** Reads what has been used so far; the function it returns tells what was used since then. */
export function watch({ serverPid, upstreamPid, serverCore }: Watched): () => Measured {
  const before = cpuNow(serverPid, upstreamPid)
  const coreBefore = coreUsage(serverCore)
  const began = performance.now()
  return () => {
    const seconds = (performance.now() - began) / 1000
    const after = cpuNow(serverPid, upstreamPid)
    return {
      seconds,
      cpu: {
        server: since(before.server, after.server),
        upstream: since(before.upstream, after.upstream),
        load: since(before.load, after.load),
      },
      serverCoreShare: shareBetween(coreBefore, coreUsage(serverCore)),
    }
  }
}

export type Measured = Pick<WindowResult, 'seconds' | 'cpu' | 'serverCoreShare'>

function cpuNow(server: number | undefined, upstream: number): CpuSeconds {
  return {
    server: server === undefined ? undefined : cpuOf(server),
    upstream: cpuOf(upstream),
    load: cpuOf(process.pid),
  }
}

const cpuOf = (pid: number): number | undefined => processUsage(pid)?.cpuSeconds

const since = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined ? undefined : after - before
