import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './open-database.ts'
import type { RowText } from '../../usage-record-table.ts'
import { sqliteDatabase } from './database.ts'
import type { SqliteDatabase } from './database.ts'
import { failureOf } from '../sqlite-failure.ts'
import type { Failure, RowFailure } from '../../storage-failure.ts'

/** All but settling, which has its own message. */
export type Questions = Omit<SqliteDatabase, 'settle'>

/** What the main thread sends. */
export type ToWorker =
  | { readonly settle: readonly RowText[] }
  | { readonly ask: number; readonly about: keyof Questions; readonly with: readonly unknown[] }
  | { readonly close: true }

/** What it gets back: one `opened` or `refused` first, then an answer to each message, in order. */
export type FromWorker =
  | { readonly opened: true }
  | { readonly refused: Failure }
  | { readonly settled: readonly RowFailure[] }
  | { readonly answered: number; readonly value?: unknown; readonly failure?: Failure }

/** What the worker is started with. */
export interface WorkerData {
  readonly path: string
  readonly lockWaitMs?: number | undefined
  readonly mustExist?: boolean | undefined
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const say = (message: FromWorker) => parentPort?.postMessage(message)

/** The open database, for a test that starts this worker to make it fail. */
export const db = open(workerData as WorkerData)

function open({ path, lockWaitMs, mustExist }: WorkerData): ReturnType<typeof openDatabase> | undefined {
  try {
    const db = openDatabase(path, mustExist)
    const database = sqliteDatabase(db, path, lockWaitMs)
    parentPort?.on('message', (message: ToWorker) => {
      if ('settle' in message) say({ settled: database.settle(message.settle) })
      else if ('ask' in message) say(answer(database, message))
      else {
        sayGoodbye(database)
        db.close()
        parentPort?.close()
      }
    })
    say({ opened: true })
    return db
  } catch (error) {
    say({ refused: failureOf(error) })
    return undefined
  }
}

/** A store that cannot be written cannot be told: the next start then finds that this process is gone. */
function sayGoodbye(database: SqliteDatabase): void {
  try {
    database.endLife()
  } catch {
    // Nothing is lost by it.
  }
}

function answer(database: SqliteDatabase, { ask, about, with: args }: Extract<ToWorker, { ask: number }>): FromWorker {
  try {
    const operation = database[about] as (...args: readonly unknown[]) => unknown
    return { answered: ask, value: operation(...args) }
  } catch (error) {
    return { answered: ask, failure: failureOf(error) }
  }
}
