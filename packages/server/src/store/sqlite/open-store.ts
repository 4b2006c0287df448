import { dirname, join, resolve } from 'node:path'
import type { Clock } from '@speka/core'
import { countNames } from '@speka/core/internal'
import { Availability } from '../availability.ts'
import { GroupCommit } from '../group-commit.ts'
import { storeBudgets } from '../leases/store-budgets.ts'
import { MOST_REPLY_BYTES, type Store, type StoreOptions } from '../store.ts'
import { withoutFile } from '../without-file.ts'
import { sqliteAlerts } from './alerts.ts'
import { sqliteAudit } from './audit.ts'
import { sqliteInvoices } from './invoices.ts'
import { sqliteRegistry } from './registry.ts'
import { encodeRecord } from '../usage-row.ts'
import { sqliteLedger } from './ledger.ts'
import { sqliteReplies } from './replies.ts'
import { sqliteResponses } from './responses.ts'
import { sqliteSignInCodes } from './sign-in-codes.ts'
import { followUp } from '../projections/follow-up.ts'
import { FOLD_WAIT_MS, projectorThread } from '../projections/projector-thread.ts'
import type { ProjectorData } from './projections/projector-worker.ts'
import { projectorWorker } from './projections/worker-file.ts'
import { startSqliteThread } from './start-thread.ts'
import { storageError } from './storage-error.ts'
import { threadOnDemand } from './thread-on-demand.ts'

export interface SqliteStoreOptions extends StoreOptions {
  /** The database file. It and its folder are made when they are not there. */
  readonly path: string
  /** Sets the timers by which the file is looked at. Default: the machine's, and none keeps the process alive. */
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** The time, in ms since the epoch. Default: the machine's. */
  readonly now?: (() => number) | undefined
  /** Another module to run as the database thread, for tests. */
  readonly worker?: URL | undefined
}

/** Processes that write to one file all the time wait for each other often, and must not give up as soon; in ms. */
const SHARED_LOCK_WAIT_MS = 5000

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
    encode: encodeRecord,
    send: (rows) => thread.settle(rows),
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
    mustExist: options.mustExist,
    lockWaitMs: options.isShared === true ? SHARED_LOCK_WAIT_MS : undefined,
    worker: options.worker,
    onSettled(failures) {
      commits.committed(failures)
      if (following !== undefined) following.isBehind = true
    },
    onEnd(error) {
      availability.failed(error)
      commits.break(withoutFile(error))
    },
    onCrash: options.onCrash,
  })
  if (options.settles === true) await thread.ask('beginLife')
  availability.watch()
  const replies = sqliteReplies(
    path.replace(/(?:\.sqlite)?$/, '-replies.sqlite'),
    options.replyBytes ?? MOST_REPLY_BYTES,
  )
  const responses = sqliteResponses(path.replace(/(?:\.sqlite)?$/, '-responses.sqlite'))
  const alerts = sqliteAlerts(path.replace(/(?:\.sqlite)?$/, '-alerts.sqlite'))
  const signInCodes = sqliteSignInCodes(path.replace(/(?:\.sqlite)?$/, '-sign-in.sqlite'))
  const projections = join(dirname(path), 'projections.sqlite')
  const projector = projectorThread<ProjectorData>({
    worker: projectorWorker,
    data: { ledgerPath: path, path: projections, counts: countNames, waitMs: options.foldWaitMs ?? FOLD_WAIT_MS },
    onFolding: options.onFolding ?? (() => {}),
    onTrouble: options.onFoldingTrouble ?? (() => {}),
    errorOf: (failure) => storageError(projections, failure),
    closed: thread.closed,
  })
  // The trail of changes and every row are long to read, so no commit waits behind that.
  const reports = threadOnDemand({ path, mustExist: true, closed: thread.closed })
  const following = options.follow === true ? followUp(() => projector.follow(), options.clock) : undefined
  const budgets = storeBudgets({
    handedOver: () => commits.handedOver(),
    exchange: (call) => thread.ask('exchange', call),
    beat: (news) => thread.ask('beat', news),
    spent: (windows, isWindowWanted) => projector.ask('spent', windows, isWindowWanted),
    clock: options.clock,
    now: options.now,
  })

  const close = async (): Promise<void> => {
    availability.close()
    budgets.close()
    await commits.drain(withoutFile(thread.closed))
    following?.close()
    await Promise.all([projector, reports, replies, responses, alerts, signInCodes].map((part) => part.close()))
    await thread.close()
  }

  let closing: Promise<void> | undefined
  return {
    ledger: sqliteLedger({ commits, availability, thread, projector, reports }),
    registry: sqliteRegistry(thread),
    audit: sqliteAudit(thread, reports),
    invoices: sqliteInvoices(thread),
    replies,
    responses,
    alerts,
    refusals: alerts.refusals,
    signInCodes,
    budgets,
    close: () => (closing ??= close()),
  }
}
