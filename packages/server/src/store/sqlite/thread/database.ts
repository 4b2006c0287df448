import type { DatabaseSync } from 'node:sqlite'
import { auditDatabase, type AuditDatabase } from './audit.ts'
import { logSync } from './log-sync.ts'
import type { RowText, SqlRow, StoredRow } from '../../usage-record-table.ts'
import { failureOf } from '../sqlite-failure.ts'
import type { Failure, RowFailure } from '../../storage-failure.ts'
import type { LedgerOwner } from '../../store.ts'
import type { CountedCharges } from '../../verify-ledger.ts'
import { countedCharges } from './counted-charges.ts'
import { openFiles } from './open-files.ts'
import { endOwners } from './end-owners.ts'
import { invoiceDatabase, type InvoiceDatabase } from './invoices.ts'
import { leaseDatabase, type LeaseDatabase } from './leases.ts'
import { listOwners, ownerLife, ownersOf } from './owner-life.ts'
import { oldRow, storedRow } from './read-rows.ts'
import { registryDatabase, type RegistryDatabase } from './registry.ts'
import { settleRows } from './settle-rows.ts'
import { tryRoom } from './try-room.ts'
import { ownersOfRows, verifyRows, type VerifyRows } from './verify-rows.ts'
import { waitForLock } from './wait-for-lock.ts'

/** How long a write waits for another process, in ms, which is what a request waits before it is refused. */
const LOCK_WAIT_MS = 250

/** For how long the files count as being where they are, in ms: to look before each commit would be felt. */
const FILES_KNOWN_MS = 100

/** Everything the worker does with an open database, as prepared statements. Arguments and results cross threads as they are. */
export interface SqliteDatabase extends RegistryDatabase, AuditDatabase, InvoiceDatabase, LeaseDatabase {
  /**
   * Commits a batch of encoded records in one transaction. When that fails, each row gets its own, so that one bad row
   * does not take the others with it.
   */
  settle(texts: readonly RowText[]): RowFailure[]
  find(id: string, keyId: string | null): StoredRow | undefined
  /** From now on this connection is an owner, alive, rather than with its first row. */
  beginLife(): void
  /** Says that this owner ends, if it ever was one. */
  endLife(): void
  /** Says of the owners that a process of this machine has been that they have ended, which somebody has seen. */
  endOwnersOf(pid: number): void
  /** Everybody who has ever written rows, the oldest first. */
  owners(): LedgerOwner[]
  /** Everybody whose rows {@link verifyRows} can look at, known or not. */
  ownersOfRows(): number[]
  /** Looks at so many rows of one owner, after one of them. */
  verifyRows: VerifyRows
  /** What budgets count as charged, and by which rows. */
  countedCharges(): CountedCharges
  /** @throws Refusal `moved` when the file is no longer where it was. */
  checkFiles(): void
  /** Takes the lock, writes and brings it to the disk, and leaves nothing changed. @throws What a commit would now. */
  tryWriting(): void
}

/**
 * Prepares the statements on an open database.
 *
 * @param path the database's file.
 * @param lockWaitMs how long a write waits for another process. Default: 250
 */
export function sqliteDatabase(db: DatabaseSync, path: string, lockWaitMs = LOCK_WAIT_MS): SqliteDatabase {
  const sync = logSync(db, path)
  const files = openFiles(path)
  const whenUnlocked = waitForLock(lockWaitMs)
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const owner = ownerLife(db)
  const endAll = endOwners(db)
  const rows = settleRows(db, { owner, whenUnlocked, sync })
  // Plain question marks: Node 22's SQLite does not fill numbered ones from a list.
  const byId = db.prepare('SELECT * FROM usage_record WHERE id = ? AND (? IS NULL OR key_id = ?)')
  const byIdBefore = db.prepare('SELECT rowid AS n, * FROM ledger WHERE id = ? AND (? IS NULL OR key_id = ?)')
  for (const statement of [byId, byIdBefore]) statement.setReadBigInts(true)

  const schemaVersion = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  // Written anew as it was, which commits a page like any other.
  const writePage = db.prepare(`PRAGMA user_version = ${schemaVersion}`)
  let filesKnownUntil = 0

  function checkFiles(): void {
    files.check()
    filesKnownUntil = performance.now() + FILES_KNOWN_MS
  }

  /** Without a sync: what is committed like this a loss of power may take back, with all behind it that was not synced. */
  function transact<T>(work: () => T): T {
    whenUnlocked(() => begin.run())
    try {
      const result = work()
      commit.run()
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  function inTransaction<T>(work: () => T): T {
    const result = transact(work)
    sync()
    return result
  }

  function beginLife(): void {
    if (owner.hasBegun) return
    checkFiles()
    inTransaction(() => owner.begin())
  }

  function whenFilesAreThere<T>(work: () => T): T {
    checkFiles()
    return inTransaction(work)
  }

  return {
    settle(texts) {
      try {
        if (performance.now() >= filesKnownUntil) checkFiles()
        beginLife()
      } catch (error) {
        return failAll(texts, failureOf(error))
      }
      const failures = rows.settle(texts)
      // Refused once: what comes next is another owner's.
      if (failures.some(({ kind }) => kind === 'fenced')) owner.forgetIfEnded()
      return failures
    },
    find(id, keyId) {
      const row = byId.get(id, keyId, keyId)
      if (row !== undefined) return storedRow(row as SqlRow)
      const before = byIdBefore.get(id, keyId, keyId)
      return before === undefined ? undefined : oldRow(before as SqlRow)
    },
    ...registryDatabase(db, whenFilesAreThere),
    ...auditDatabase(db),
    ...invoiceDatabase(db, whenFilesAreThere),
    ...leaseDatabase(db, { owner, beginLife, transact, now: Date.now }),
    beginLife,
    endLife() {
      if (!owner.hasBegun) return
      inTransaction(() => owner.end())
    },
    endOwnersOf(pid) {
      whenFilesAreThere(() => endAll(ownersOf(db, pid), 'exit_seen', Date.now()))
    },
    owners: () => listOwners(db),
    ownersOfRows: () => ownersOfRows(db),
    verifyRows: verifyRows(db),
    countedCharges: () => countedCharges(db),
    checkFiles,
    tryWriting() {
      checkFiles()
      beginLife()
      rows.tryRow()
      whenUnlocked(() => writePage.run())
      sync()
      tryRoom(path)
    },
  }
}

const failAll = (texts: readonly RowText[], failure: Failure): RowFailure[] =>
  texts.map((_, index) => ({ index, ...failure }))
