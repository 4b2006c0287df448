import type { SpekaError } from '@speka/core'
import { startSqliteThread } from './start-thread.ts'
import type { SqliteThread } from './start-thread.ts'

/** A thread that is started when it is first needed, and again should it die. */
export interface ThreadOnDemand {
  /** @throws SpekaError when it cannot be had, or the store is closed. */
  open(): Promise<SqliteThread>
  close(): Promise<void>
}

/**
 * Another thread on the same file.
 *
 * @param closed what is said to whoever asks after the end.
 */
export function threadOnDemand(path: string, closed: SpekaError): ThreadOnDemand {
  let thread: Promise<SqliteThread> | undefined
  let open = true
  const forget = () => (thread = undefined)
  return {
    open(): Promise<SqliteThread> {
      if (!open) return Promise.reject(closed)
      thread ??= startSqliteThread({ path, mustExist: true, onSettled: () => {}, onEnd: forget })
      return thread
    },
    async close(): Promise<void> {
      open = false
      await (await thread?.catch(() => undefined))?.close()
    },
  }
}
