import { Worker } from 'node:worker_threads'
import { SpekaError } from '@speka/core'
import type { RowText } from '../usage-record-table.ts'
import type { RowFailure } from '../storage-failure.ts'
import type { FromWorker, Questions, ToWorker, WorkerData } from './thread/worker.ts'
import { storageError } from './storage-error.ts'

export interface SqliteThreadOptions {
  readonly path: string
  readonly lockWaitMs?: number | undefined
  /** Whether a database that is not there is an error rather than one to be made. Default: false */
  readonly mustExist?: boolean | undefined
  readonly worker?: URL | undefined
  readonly onSettled: (failures: readonly RowFailure[]) => void
  /** The thread has ended, asked to or not: nothing will be answered any more. */
  readonly onEnd: (error: SpekaError) => void
  /** The thread has ended without being asked to. */
  readonly onCrash?: ((error: SpekaError) => void) | undefined
}

/** The main thread's end of the line to the database. It keeps the process alive only while something is unanswered. */
export interface SqliteThread<Asked = Questions> {
  /** Commits one batch, answered through `onSettled`. */
  settle(rows: readonly RowText[]): void
  /** @throws SpekaError of the database, or `storage_unavailable` when the thread is gone. */
  ask<About extends keyof Asked>(
    about: About,
    ...args: Asked[About] extends (...args: infer Args) => unknown ? Args : never
  ): Promise<Asked[About] extends (...args: never[]) => infer Answer ? Answer : never>
  close(): Promise<void>
  /** What is said to whoever comes after `close`. */
  readonly closed: SpekaError
}

/** Starts the database thread and waits until its database is open. */
export async function startSqliteThread<Asked = Questions>(options: SqliteThreadOptions): Promise<SqliteThread<Asked>> {
  const { path, onSettled } = options
  const closed = new SpekaError('storage_unavailable', `The database ${path} is closed.`)
  const questions = new Map<number, { resolve(value: unknown): void; reject(error: SpekaError): void }>()
  let asked = 0
  let unanswered = 0
  let ended: SpekaError | undefined
  let closing = false

  const worker = new Worker(options.worker ?? workerFile(import.meta.url), {
    workerData: { path, lockWaitMs: options.lockWaitMs, mustExist: options.mustExist } satisfies WorkerData,
    name: 'speka-sqlite',
    // In place of the process's own flags, of which some (--eval, --inspect) do not suit a second thread.
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

  function post(message: ToWorker): void {
    unanswered += 1
    if (unanswered === 1) worker.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(message)
  }

  function hear(message: FromWorker): void {
    unanswered -= 1
    // First, since what is told below may post again.
    if (unanswered === 0) worker.unref()
    if ('settled' in message) onSettled(message.settled)
    else if ('answered' in message) {
      const question = questions.get(message.answered)
      questions.delete(message.answered)
      if (message.failure === undefined) question?.resolve(message.value)
      else question?.reject(storageError(path, message.failure))
    }
  }

  function end(error: SpekaError): void {
    if (ended !== undefined) return
    ended = error
    for (const question of questions.values()) question.reject(error)
    questions.clear()
    options.onEnd(error)
    if (!closing) options.onCrash?.(error)
  }

  await new Promise<void>((resolve, reject) => {
    worker.once('message', (first: FromWorker) => {
      if ('refused' in first) {
        // It ends by itself now, which is no crash.
        closing = true
        return reject(storageError(path, first.refused))
      }
      worker.on('message', hear)
      worker.unref()
      resolve()
    })
    worker.once('error', (cause) => {
      reject(crash(path, cause))
      end(crash(path, cause))
    })
    worker.once('exit', (code) => {
      const error = closing ? closed : crash(path, new Error(`exit code ${code}`))
      reject(error)
      end(error)
    })
  })

  return {
    closed,
    settle: (rows) => post({ settle: rows }),

    ask(about, ...args) {
      if (ended !== undefined || closing) return Promise.reject(ended ?? closed)
      return new Promise((resolve, reject) => {
        asked += 1
        questions.set(asked, { resolve: resolve as (value: unknown) => void, reject })
        post({ ask: asked, about: about as keyof Questions, with: args })
      })
    },

    async close() {
      if (ended !== undefined) return
      closing = true
      post({ close: true })
      await exited
    },
  }
}

const crash = (path: string, cause: unknown) =>
  new SpekaError('storage_unavailable', `The thread of the database ${path} has died. Restart the gateway.`, { cause })

/**
 * The module to run as the database thread: as source when this is source, built when this is built.
 *
 * @param here the address of this module.
 */
export const workerFile = (here: string): URL =>
  new URL(here.endsWith('.ts') ? './thread/worker.ts' : './thread/worker.js', here)
