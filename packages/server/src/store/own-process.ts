import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** By which a process is told from every other that has ever been on this machine. */
export interface ProcessIdentity {
  readonly bootId: string
  readonly pid: number
  /** When the process began, as its system counts, and in which space its pid means anything; '': the system does not say. */
  readonly process: string
}

/** The machine between two starts of it. */
export const bootId = (): string => read('/proc/sys/kernel/random/boot_id') ?? `unknown:${hostname()}`

/** This process. */
export const ownProcess = (): ProcessIdentity => ({
  bootId: bootId(),
  pid: process.pid,
  process: processMark(process.pid) ?? '',
})

/** What tells a process from others with its pid; `undefined`: there is none, or the system does not say. */
export function processMark(pid: number): string | undefined {
  // The name of the program may hold anything, so what is counted is what is behind it: proc_pid_stat(5), the 22nd field.
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ')
  const [state, started] = [fields?.[0], fields?.[19]]
  // One that has ended, and whose parent has never asked how, keeps its pid and writes nothing more.
  if (started === undefined || state === 'Z' || state === 'X') return undefined
  return `${pidSpace()} ${started}`
}

/** Which pids are meant: a container has its own. */
export function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
