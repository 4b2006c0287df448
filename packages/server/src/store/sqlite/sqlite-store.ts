import { resolve } from 'node:path'
import { picoUsd } from '@speka/core'
import type { Clock, SpekaError } from '@speka/core'
import { Availability } from './availability.ts'
import { GroupCommit } from './group-commit.ts'
import type { Durability } from './group-commit.ts'
import { decodeRecord } from './ledger-row.ts'
import type { LedgerRow, SqlValue } from './ledger-row.ts'
import { startSqliteThread } from './sqlite-thread.ts'
import type { SqliteThread } from './sqlite-thread.ts'
import { storageError, withoutFile } from '../storage-error.ts'
import type { KeyRecord, Store, UsageTotals } from '../store.ts'

export interface SqliteStoreOptions {
  /** The database file. It and its folder are made when they are not there. */
  readonly path: string
  /**
   * `strict`: a settled record survives the loss of power. `relaxed`: it is on disk 50 ms later, and a crash loses it.
   *
   * @default 'strict'
   */
  readonly durability?: Durability | undefined
  /**
   * How long a write waits for another process that has the file, in ms.
   *
   * @default 250
   */
  readonly lockWaitMs?: number | undefined
  /** Told of records counted as settled that could not be kept; only `relaxed` can lose any. */
  readonly onLoss?: ((error: SpekaError, records: number) => void) | undefined
  /** Told when the database thread has died. Nothing can be stored from then on, so the process had better end. */
  readonly onCrash?: ((error: SpekaError) => void) | undefined
  /** Told why nothing can be recorded from now on, and with `undefined` that it is over. */
  readonly onAvailability?: ((trouble: SpekaError | undefined) => void) | undefined
  /** Sets the timers by which the file is looked at. Default: the machine's, and none keeps the process alive. */
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** Another module to run as the database thread, for tests. */
  readonly worker?: URL | undefined
}

/**
 * Opens the store in a SQLite file, on a thread of its own: the event loop never waits for the disk or for a lock.
 * Several processes may have the same file open.
 *
 * @throws SpekaError `storage_unavailable` that says what is wrong with which file and what to do about it.
 *
 * @example
 * const store = await openSqliteStore({ path: '.speka/speka.db' })
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = resolve(options.path)
  const commits = new GroupCommit({
    durability: options.durability ?? 'strict',
    send: (values) => thread.settle(values),
    errorOf: (failure) => withoutFile(storageError(path, failure)),
    onLoss: options.onLoss ?? (() => {}),
    onTrouble: (failure) => availability.failed(storageError(path, failure)),
  })
  const availability = new Availability({
    check: () => thread.ask('checkFiles'),
    tryWriting: () => thread.ask('tryWriting'),
    onChange: options.onAvailability ?? (() => {}),
    clock: options.clock,
  })
  const thread = await startSqliteThread({
    path,
    lockWaitMs: options.lockWaitMs,
    worker: options.worker,
    onSettled: (failures) => commits.committed(failures),
    onEnd(error) {
      availability.failed(error)
      commits.break(withoutFile(error))
    },
    onCrash: options.onCrash,
  })
  availability.watch()

  // Reading much of a large ledger takes long, so it has threads of its own: no commit ever waits behind it, and no
  // search, which is soon over, behind a report.
  const searches = threadOnDemand(path, thread.closed)
  const reports = threadOnDemand(path, thread.closed)

  const close = async (): Promise<void> => {
    availability.close()
    await commits.drain(withoutFile(thread.closed))
    await Promise.all([searches.close(), reports.close()])
    await thread.close()
  }

  let closing: Promise<void> | undefined
  return {
    ledger: {
      settle: (record) => commits.settle(record),
      trouble: () => availability.trouble,

      async find(id, keyId) {
        const row =
          (await thread.ask('find', id, keyId ?? null)) ??
          (await (await searches.open()).ask('findByUpstreamId', id, keyId ?? null))
        return row === undefined ? undefined : decodeRecord(row)
      },

      async totals({ by, since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER, keyId }) {
        const reader = await reports.open()
        return (await reader.ask('totals', by, since, until, keyId ?? null)).map(decodeTotals)
      },
    },
    keys: sqliteKeys(thread),
    close: () => (closing ??= close()),
  }
}

/** Another thread on the same file, started when it is first needed, and again should it die. */
function threadOnDemand(path: string, closed: SpekaError) {
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

const sqliteKeys = (thread: SqliteThread): Store['keys'] => ({
  insert: (key) => thread.ask('insertKey', encodeKey(key)),
  list: async () => (await thread.ask('listKeys')).map(decodeKey),
  async findByDigest(digest) {
    const row = await thread.ask('findKey', digest)
    return row === undefined ? undefined : decodeKey(row)
  },
  async revoke(id, at) {
    const row = await thread.ask('revokeKey', id, at)
    return row === undefined ? undefined : decodeKey(row)
  },
  version: () => thread.ask('keyVersion'),
})

function decodeTotals(row: LedgerRow): UsageTotals {
  const dollars = BigInt(row['charge_usd'] ?? 0)
  return {
    group: row['grp'] === null ? undefined : String(row['grp']),
    requests: Number(row['requests']),
    failed: Number(row['failed']),
    inputTokens: Number(row['input_tokens']),
    cachedInputTokens: Number(row['cached_input_tokens']),
    outputTokens: Number(row['output_tokens']),
    charge: picoUsd(dollars * 1_000_000_000_000n + BigInt(row['charge_pico'] ?? 0)),
    unpriced: Number(row['unpriced']),
  }
}

/** In the order of the table's columns. */
const encodeKey = (key: KeyRecord): SqlValue[] => [
  key.id,
  key.name,
  key.mode,
  key.digest,
  key.plan,
  JSON.stringify(key.limits),
  key.createdAt,
  key.expiresAt ?? null,
  key.revokedAt ?? null,
]

const decodeKey = (row: LedgerRow): KeyRecord => ({
  id: String(row['id']),
  name: String(row['name']),
  mode: row['mode'] === 'test' ? 'test' : 'live',
  digest: String(row['digest']),
  plan: String(row['plan']),
  limits: JSON.parse(String(row['limits'])),
  createdAt: Number(row['created_at']),
  ...(row['expires_at'] === null ? {} : { expiresAt: Number(row['expires_at']) }),
  ...(row['revoked_at'] === null ? {} : { revokedAt: Number(row['revoked_at']) }),
})
