import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Which core each part of a benchmark runs on; `undefined`: wherever the system puts it. */
export interface Cores {
  readonly server: number | undefined
  readonly upstream: number | undefined
  readonly load: number | undefined
}

/**
 * One core for the server under test and another for what surrounds it; a third, where there is one, parts the upstream from the load.
 * Without `taskset`, or with a single core, nobody is held anywhere.
 */
export function chooseCores(): Cores {
  const [server, load, upstream = load] = hasTaskset() ? allowedCores() : []
  if (load === undefined) return { server: undefined, upstream: undefined, load: undefined }
  return { server, upstream, load }
}

const hasTaskset = (): boolean => spawnSync('taskset', ['--version']).status === 0

function allowedCores(): number[] {
  try {
    const status = readFileSync('/proc/self/status', 'latin1')
    return coresIn(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '')
  } catch {
    return []
  }
}

/** Reads a list such as `0-2,5`. */
export function coresIn(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map((text) => (text === '' ? NaN : Number(text)))
    return Number.isInteger(first) ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : []
  })
}
