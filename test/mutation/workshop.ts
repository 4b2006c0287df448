import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Job, Outcome } from './runner.ts'

export const root = resolve(import.meta.dirname, '..', '..')

/** A Jest leaves something behind with each file it runs: after so many jobs another takes its place. */
const JOBS_EACH = 200

/** Runs test files on changed programs, in a process that can be ended when they do not. */
export class Workshop {
  #child: ChildProcess | undefined
  #jobs = 0

  /** Resolves with the first test that failed; `hung` when none had after `limitMs`. */
  async run(job: Job, limitMs: number): Promise<Outcome | 'hung'> {
    if (this.#jobs >= JOBS_EACH) this.close()
    this.#child ??= await start()
    this.#jobs += 1
    const child = this.#child
    const late = new AbortController()
    const answer = once(child, 'message') as Promise<[Outcome]>
    // A mutant may also end the process.
    const ended = once(child, 'exit').then((): [Outcome] => [{ failed: 'The process ended.' }])
    child.send(job)
    child.setMaxListeners(0)
    const first = await Promise.race([answer, ended, wait(limitMs, undefined, { signal: late.signal })])
    late.abort()
    if (first === undefined || child.exitCode !== null || child.signalCode !== null) this.close()
    return first === undefined ? 'hung' : first[0]
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
    this.#jobs = 0
  }
}

async function start(): Promise<ChildProcess> {
  const config = join(root, 'test/mutation/jest.mutation.config.ts')
  const child = fork(join(root, 'node_modules/jest/bin/jest.js'), ['--config', config, '--runInBand'], {
    cwd: root,
    execArgv: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-5000)))
  const ready = await Promise.race([once(child, 'message').then(() => true), once(child, 'exit').then(() => false)])
  if (!ready) throw new Error(`Jest did not start:\n${complaint}`)
  return child
}
