import { fdatasyncSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Refusal } from '../sqlite-failure.ts'

/**
 * Makes a way to bring what a connection has committed to the disk, and has SQLite no longer do it by itself. SQLite
 * would while it holds the lock on the file, so that of two processes one waits for the other's disk; like this the
 * system does both at once. What a checkpoint takes out of the log is on the disk by then: SQLite sees to that.
 *
 * Once it has thrown it always does: a system that failed to write may forget what it had to, and report success to
 * whoever asks again. What was committed then is in the database and was not counted.
 *
 * @param path the database's file, whose write-ahead log is never deleted while a connection is open.
 */
export function logSync(db: DatabaseSync, path: string): () => void {
  db.exec('PRAGMA synchronous = NORMAL')
  let log: number | undefined
  let broken: Refusal | undefined
  return () => {
    if (broken !== undefined) throw broken
    try {
      log ??= openSync(`${path}-wal`, 'r+')
      fdatasyncSync(log)
    } catch (cause) {
      broken = new Refusal('unsynced', cause instanceof Error ? cause.message : String(cause))
      throw broken
    }
  }
}
