import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export interface StartOptions {
  /** For messages. */
  readonly name: string
  /** The script and its arguments, run on this very Node. */
  readonly args: readonly string[]
  /** The only core it may use. */
  readonly core: number | undefined
  /** Where it runs and where what it prints is kept, in a file of its name. */
  readonly folder: string
  /** Added to an environment that holds no settings and no keys. */
  readonly env?: Readonly<Record<string, string>>
}

/** A process of the benchmark, started by it and stopped by it. */
export interface Process {
  readonly name: string
  readonly pid: number
  /** Which Node it says it runs on. */
  readonly nodeVersion: string
  /** Sends a message and resolves with the next one that comes back. */
  ask(message: object, withinMs: number): Promise<object>
  /** Resolves with the next message. */
  hear(withinMs: number): Promise<object>
  /** Ends it, politely at first. */
  stop(): Promise<void>
}

const SAYS_VERSION_WITHIN_MS = 20_000
const STOPS_WITHIN_MS = 5000

const tellVersion = new URL('tell-version.mjs', import.meta.url).href

/** Resolves when the process has told its version; whether it is ready to work is for its owner to find out. */
export async function startProcess({ name, args, core, folder, env = {} }: StartOptions): Promise<Process> {
  const logFile = join(folder, `${name}.log`)
  const log = openSync(logFile, 'a')
  const command = [process.execPath, `--import=${tellVersion}`, ...args]
  const [file = '', ...rest] = core === undefined ? command : ['taskset', '--cpu-list', `${core}`, ...command]
  const child = spawn(file, rest, {
    cwd: folder,
    stdio: ['ignore', log, log, 'ipc'],
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, ...env },
  })
  closeSync(log)
  const printed = (): string => readFileSync(logFile, 'utf8').slice(-2000)
  const hear = inboxOf(child, name, printed)
  const stop = (): Promise<void> => end(child)

  try {
    const { nodeVersion } = (await hear(SAYS_VERSION_WITHIN_MS)) as { nodeVersion?: string }
    if (child.pid === undefined || nodeVersion === undefined) throw new Error(`${name} did not tell its Node version.`)
    const ask = (message: object, withinMs: number): Promise<object> => {
      child.send(message)
      return hear(withinMs)
    }
    return { name, pid: child.pid, nodeVersion, ask, hear, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The next message of a process, also when it came before anybody asked. */
function inboxOf(child: ChildProcess, name: string, printed: () => string): (withinMs: number) => Promise<object> {
  const messages: object[] = []
  let problem: string | undefined
  let wake: (() => void) | undefined
  child.on('message', (message: object) => {
    messages.push(message)
    wake?.()
  })
  child.on('error', (error) => {
    problem = `${name} could not be started: ${error.message}`
    wake?.()
  })
  child.on('exit', (code, signal) => {
    problem = `${name} ended (${code ?? signal}):\n${printed()}`
    wake?.()
  })
  return async (withinMs) => {
    const late = setTimeout(() => {
      problem ??= `${name} said nothing within ${withinMs / 1000} s:\n${printed()}`
      wake?.()
    }, withinMs)
    try {
      for (;;) {
        const message = messages.shift()
        if (message !== undefined) return message
        if (problem !== undefined) throw new Error(problem)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      clearTimeout(late)
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const inTime = new AbortController()
  await Promise.race([ended, wait(STOPS_WITHIN_MS, undefined, { signal: inTime.signal }).catch(() => {})])
  inTime.abort()
  if (hasEnded(child)) return
  child.kill('SIGKILL')
  await ended
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null
