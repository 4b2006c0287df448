import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { PATIENCE_MS } from '../patience.ts'

export interface ServerProcess {
  /** Ends it as a crash does. */
  kill(): Promise<void>
}

/**
 * Starts a program that serves HTTP, and resolves when it answers. Its output is no sign of that: lines of several threads
 * run into each other.
 *
 * @param answersAt a URL at which it says 200 once it is ready.
 */
export async function startServerProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  answersAt: string,
): Promise<ServerProcess> {
  // A group of its own, since some servers have processes of their own, which would outlive them.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
  let printed = ''
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-10_000)))
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null

  const kill = async (): Promise<void> => {
    if (hasEnded()) return
    const ended = once(child, 'exit')
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await ended
  }

  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    if (hasEnded()) throw new Error(`The model server ended with ${child.exitCode}:\n${printed}`)
    const response = await fetch(answersAt).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return { kill }
    await wait(20)
  }
  await kill()
  throw new Error(`The model server was not ready within ${PATIENCE_MS} ms:\n${printed}`)
}
