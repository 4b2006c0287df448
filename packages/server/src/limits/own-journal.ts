import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from '../files/load-sqlite.ts'

/** What SQLite says of a file that somebody else has locked. */
const BUSY = 5

/**
 * Claims the rates' journal of a data folder for this process. The claim is the system's own lock of a file, so it ends with its
 * process, however that ends and in whatever container it ran; nothing is left to be tidied up.
 *
 * @returns what ends the claim; `undefined`: another process has it.
 */
export function claimJournal(dataDir: string): (() => void) | undefined {
  const path = join(dataDir, 'rates.lock')
  let database: DatabaseSync | undefined
  try {
    // For nobody else to open: who reads it could keep the claim from its owner.
    closeSync(openSync(path, 'a', 0o600))
    database = new (loadSqlite().DatabaseSync)(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (isBusy(error)) return undefined
    // Where nothing can be locked the journal itself cannot be written, and says so.
    return () => {}
  }
  const claimed = database
  return () => claimed.close()
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown }
  return typeof errcode === 'number' && (errcode & 0xff) === BUSY
}
