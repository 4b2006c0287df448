import type { DatabaseSync } from 'node:sqlite'
import { findByUpstreamId } from './find-by-upstream-id.ts'
import { logSync } from './log-sync.ts'
import { insertLedgerRows, ROW_WIDTH } from '../ledger-table.ts'
import type { LedgerRow, SqlValue } from '../ledger-table.ts'
import { failureOf } from '../sqlite-failure.ts'
import type { Failure, RowFailure } from '../../storage-failure.ts'
import type { UsageQuery } from '../../store.ts'
import { openFiles } from './open-files.ts'
import { totalsBy } from './select-totals.ts'
import { tryRoom } from './try-room.ts'
import { waitForLock } from './wait-for-lock.ts'

/** How long a write waits for another process, in ms, which is what a request waits before it is refused. */
const LOCK_WAIT_MS = 250

/** For how long the files count as being where they are, in ms: to look before each commit would be felt. */
const FILES_KNOWN_MS = 100

/** What a row may need at most, in bytes, when it is tried whether there is room for one. */
const LARGE_ROW = 64 * 1024

/** How many rows of a batch go into one statement, as long as there are so many left: a fourth less CPU for each. */
const ROWS_AT_ONCE = [16, 4, 1]

/** Everything the worker does with an open database, as prepared statements. Arguments and results cross threads as they are. */
export interface SqliteDatabase {
  /**
   * Commits a batch of encoded records in one transaction. When that fails, each row gets its own, so that one bad row
   * does not take the others with it.
   */
  settle(values: readonly SqlValue[]): RowFailure[]
  find(id: string, keyId: string | null): LedgerRow | undefined
  /** Looks through thousands of records: not for the thread that commits. */
  findByUpstreamId(id: string, keyId: string | null): LedgerRow | undefined
  totals(by: UsageQuery['by'], since: number, until: number, keyId: string | null): LedgerRow[]
  insertKey(values: readonly SqlValue[]): void
  listKeys(): LedgerRow[]
  findKey(digest: string): LedgerRow | undefined
  revokeKey(id: string, at: number): LedgerRow | undefined
  keyVersion(): number
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
  const inserts = ROWS_AT_ONCE.map((rows) => ({ width: rows * ROW_WIDTH, insert: db.prepare(insertLedgerRows(rows)) }))
  // Plain question marks: Node 22's SQLite does not fill numbered ones from a list.
  const byId = db.prepare('SELECT * FROM ledger WHERE id = ?')
  const byIdOfKey = db.prepare('SELECT * FROM ledger WHERE id = ? AND key_id = ?')
  const totals = (ofKey: boolean) => ({
    key: db.prepare(totalsBy('key', ofKey)),
    model: db.prepare(totalsBy('model', ofKey)),
    day: db.prepare(totalsBy('day', ofKey)),
  })
  const [totalsOfKey, totalsOfAll] = [totals(true), totals(false)]
  const summing = [...Object.values(totalsOfKey), ...Object.values(totalsOfAll)]
  for (const statement of [byId, byIdOfKey, ...summing]) statement.setReadBigInts(true)

  const insertKey = db.prepare('INSERT INTO virtual_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const listKeys = db.prepare('SELECT * FROM virtual_key ORDER BY created_at, id')
  const keyById = db.prepare('SELECT * FROM virtual_key WHERE id = ?')
  const keyByDigest = db.prepare('SELECT * FROM virtual_key WHERE digest = ?')
  const revokeKey = db.prepare('UPDATE virtual_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
  const keyVersion = db.prepare('SELECT version FROM virtual_key_version')
  const schemaVersion = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  // Written anew as it was, which commits a page like any other.
  const writePage = db.prepare(`PRAGMA user_version = ${schemaVersion}`)
  let filesKnownUntil = 0

  function checkFiles(): void {
    files.check()
    filesKnownUntil = performance.now() + FILES_KNOWN_MS
  }

  function insertAll(values: readonly SqlValue[]): void {
    let at = 0
    for (const { width, insert } of inserts) {
      for (; at + width <= values.length; at += width) insert.run(...values.slice(at, at + width))
    }
  }

  function commitTogether(values: readonly SqlValue[]): void {
    whenUnlocked(() => begin.run())
    try {
      insertAll(values)
      commit.run()
    } catch (error) {
      // Some failures, a full disk among them, end the transaction by themselves.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
    sync()
  }

  function commitOneByOne(values: readonly SqlValue[]): RowFailure[] {
    const failures: RowFailure[] = []
    for (let index = 0; index * ROW_WIDTH < values.length; index += 1) {
      try {
        const row = values.slice(index * ROW_WIDTH, (index + 1) * ROW_WIDTH)
        whenUnlocked(() => insertAll(row))
        sync()
      } catch (error) {
        failures.push({ index, ...failureOf(error) })
      }
    }
    return failures
  }

  /** Taken back at once: whether a file that may not grow has room for a row can be asked only like this. */
  function tryRow(): void {
    whenUnlocked(() => begin.run())
    try {
      insertAll(['', null, 0, null, null, '', null, null, null, null, ' '.repeat(LARGE_ROW)])
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK')
    }
  }

  return {
    settle(values) {
      try {
        if (performance.now() >= filesKnownUntil) checkFiles()
      } catch (error) {
        return failAll(values, failureOf(error))
      }
      if (values.length === ROW_WIDTH) return commitOneByOne(values)
      try {
        commitTogether(values)
        return []
      } catch (error) {
        const failure = failureOf(error)
        if (failure.kind !== 'locked') return commitOneByOne(values)
        // Row by row, each would wait for the lock in turn.
        return failAll(values, failure)
      }
    },
    find: (id, keyId) => (keyId === null ? byId.get(id) : byIdOfKey.get(id, keyId)) as LedgerRow | undefined,
    findByUpstreamId: findByUpstreamId(db),
    totals(by, since, until, keyId) {
      const rows = keyId === null ? totalsOfAll[by].all(since, until) : totalsOfKey[by].all(since, until, keyId)
      return rows as unknown as LedgerRow[]
    },
    insertKey(values) {
      checkFiles()
      whenUnlocked(() => insertKey.run(...values))
      sync()
    },
    listKeys: () => listKeys.all() as unknown as LedgerRow[],
    findKey: (digest) => keyByDigest.get(digest) as LedgerRow | undefined,
    revokeKey(id, at) {
      checkFiles()
      whenUnlocked(() => revokeKey.run(at, id))
      sync()
      return keyById.get(id) as LedgerRow | undefined
    },
    keyVersion: () => Number(keyVersion.get()?.['version']),
    checkFiles,
    tryWriting() {
      checkFiles()
      tryRow()
      whenUnlocked(() => writePage.run())
      sync()
      tryRoom(path)
    },
  }
}

const failAll = (values: readonly SqlValue[], failure: Failure): RowFailure[] =>
  Array.from({ length: values.length / ROW_WIDTH }, (_, index) => ({ index, ...failure }))
