import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from './eventually.ts'
import { PATIENCE_MS } from './patience.ts'

/** A gateway that was started as a user starts it, from packages or from an image. */
export interface PackedGateway {
  readonly origin: string
  readonly pid: number
  /** All it has printed, on both outputs. */
  printed(): string
  /** The key of the `curl` that it prints: a moment after it listens, since a key is on disk before it is shown. */
  firstKey(): Promise<string>
  fetch(path: string, key: string | undefined, body?: object): Promise<Response>
  /** Sends a signal, and waits for its end where the signal ends it. */
  signal(name: NodeJS.Signals): void
  /** How it ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Ends it if it still runs, at once. */
  kill(): void
  /** Sends SIGTERM to it alone; resolves as `ended` does. */
  stop(): Promise<number | string>
}

export interface StartOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Where it will listen. */
  readonly port: number
  /** Whether it leads a group of processes, as in a shell of its own. @default false */
  readonly detached?: boolean
}

/** Resolves when `/readyz` says so. */
export async function startGateway(options: StartOptions): Promise<PackedGateway> {
  const { command, args, cwd, env, port, detached = false } = options
  const origin = `http://127.0.0.1:${port}`
  const child = spawn(command, args, { cwd, env, detached, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => (printed += text))
  }
  try {
    await ready(child, origin, () => printed)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }

  return {
    origin,
    pid: child.pid ?? 0,
    printed: () => printed,
    async firstKey() {
      const key = (): string | undefined => /Authorization: Bearer (sk-speka-live-\w+)"/.exec(printed)?.[1]
      await eventually(() => key() !== undefined, `there is a key in what it printed: ${printed}`)
      return key() ?? ''
    },
    fetch: (path, key, body) =>
      fetch(`${origin}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      }),
    signal: (name) => void child.kill(name),
    kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    },
    ended,
    async stop() {
      child.kill('SIGTERM')
      const late = new AbortController()
      const how = await Promise.race([ended, wait(PATIENCE_MS, undefined, { signal: late.signal })])
      late.abort()
      if (how !== undefined) return how
      child.kill('SIGKILL')
      throw new Error(`It did not stop within ${PATIENCE_MS} ms of SIGTERM:\n${printed}`)
    },
  }
}

async function ready(child: ChildProcess, origin: string, printed: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`It ended with ${child.exitCode ?? child.signalCode} instead of starting:\n${printed()}`)
    }
    const response = await fetch(`${origin}/readyz`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return
    await wait(50)
  }
  throw new Error(`It was not ready within ${PATIENCE_MS} ms:\n${printed()}`)
}
