import type { SpekaError } from '@speka/core'
import { startSqliteThread } from './start-thread.ts'
import type { SqliteThread } from './start-thread.ts'
import type { Questions } from './thread/worker.ts'

/** A thread that is started when it is first needed, and again should it die. */
export interface ThreadOnDemand<Asked = Questions> {
  /** Whether it was needed so far. */
  readonly isStarted: boolean
  /** @throws SpekaError when it cannot be had, or the store is closed. */
  open(): Promise<SqliteThread<Asked>>
  close(): Promise<void>
}

export interface ThreadOnDemandOptions {
  readonly path: string
  /** Whether a file that is not there is an error rather than one to be made. Default: false */
  readonly mustExist?: boolean | undefined
  /** The module to run. Default: the one of the ledger. */
  readonly worker?: URL | undefined
  /** What is said to whoever asks after the end. Default: the thread is started again. */
  readonly closed?: SpekaError | undefined
}

/** Another thread, on the same file or on one of its own. */
export function threadOnDemand<Asked = Questions>(options: ThreadOnDemandOptions): ThreadOnDemand<Asked> {
  const { closed, ...how } = options
  let thread: Promise<SqliteThread<Asked>> | undefined
  let isClosed = false
  const forget = (): void => {
    thread = undefined
  }
  return {
    get isStarted() {
      return thread !== undefined
    },
    open(): Promise<SqliteThread<Asked>> {
      if (isClosed && closed !== undefined) return Promise.reject(closed)
      if (thread === undefined) {
        thread = startSqliteThread<Asked>({ ...how, onSettled: () => {}, onEnd: forget })
        thread.catch(forget)
      }
      return thread
    },
    async close(): Promise<void> {
      isClosed = true
      await (await thread?.catch(() => undefined))?.close()
    },
  }
}
