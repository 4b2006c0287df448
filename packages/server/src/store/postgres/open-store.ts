import type { Clock } from '@speka/core'
import { realClock } from '@speka/core/node'
import { openNoticeBoard } from '../../notices/open-notice-board.ts'
import { Availability } from '../availability.ts'
import { GroupCommit } from '../group-commit.ts'
import { storeBudgets } from '../leases/store-budgets.ts'
import { followUp } from '../projections/follow-up.ts'
import { FOLD_WAIT_MS, projectorThread, workerFile } from '../projections/projector-thread.ts'
import type { RowFailure } from '../storage-failure.ts'
import { MOST_REPLY_BYTES, type Store, type StoreOptions } from '../store.ts'
import { encodeRecord } from '../usage-row.ts'
import { withoutFile } from '../without-file.ts'
import type { PostgresAddress } from './address.ts'
import { postgresAlerts } from './alerts.ts'
import { askWith } from './ask.ts'
import { postgresAudit } from './audit.ts'
import { closeOnce } from './close-once.ts'
import { openDatabase } from './database.ts'
import { demandServer } from './demand-server.ts'
import { endOwners } from './end-owners.ts'
import { postgresInvoices } from './invoices.ts'
import { postgresLedger } from './ledger.ts'
import { loadDriver, type LoadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { goneOwners, ownerLife } from './owner-life.ts'
import { leaseDatabase } from './leases.ts'
import { makePartitions } from './partitions.ts'
import { failureOf, postgresError } from './postgres-failure.ts'
import { postgresNotices } from './notices.ts'
import { postgresRefusals } from './refusals.ts'
import { postgresRegistry } from './registry.ts'
import { postgresReplies } from './replies.ts'
import { postgresReplicas } from './replicas.ts'
import { statement } from './session.ts'
import { PROJECTOR_CONNECTIONS, type ProjectorData } from './projections/projector.ts'
import { postgresSignInCodes } from './sign-in-codes.ts'
import { retireOwners } from './retire-owners.ts'
import { rowSettler } from './settle-rows.ts'

export interface PostgresStoreOptions extends StoreOptions {
  readonly address: PostgresAddress
  /** Sets the timers by which the database is looked at. Default: the machine's, and none keeps the process alive. */
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** The time, in ms since the epoch. Default: the machine's. */
  readonly now?: (() => number) | undefined
  /** Loads the driver otherwise, in tests. */
  readonly load?: LoadDriver | undefined
}

const ALIVE = statement('SELECT 1')
const GATEWAY = statement('SELECT gateway FROM registry_version')

/**
 * Opens the store in a PostgreSQL database, and brings its tables up to date. Several replicas may have it open.
 *
 * @throws SpekaError `storage_unavailable` that says what is wrong with which database and what to do about it.
 *
 * @example
 * const store = await openPostgresStore({ address: readPostgresUrl('postgres://speka:secret@db.example.com/speka') })
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { address, now = Date.now } = options
  const database = openDatabase({
    driver: await loadDriver(options.load),
    address,
    connections: address.connections - PROJECTOR_CONNECTIONS,
  })
  const errorOf = (error: unknown) => postgresError(address.name, failureOf(error))
  const ask = askWith(errorOf)
  let gateway: string
  try {
    await demandServer(database)
    await migrate(database)
    await makePartitions(database, now())
    gateway = String((await database.run(GATEWAY)).rows[0]?.['gateway'])
  } catch (error) {
    await database.close()
    throw errorOf(error)
  }
  const owner = ownerLife()
  const lane = database.lane({ purpose: 'ledger' })
  const settle = rowSettler(lane, owner)
  const closed = postgresError(address.name, { kind: 'unreachable', detail: 'it is closed' })
  const commits = new GroupCommit({
    durability: options.durability ?? 'strict',
    encode: encodeRecord,
    send: (rows) => void settle(rows).then(committed),
    errorOf: (failure) => withoutFile(postgresError(address.name, failure)),
    onLoss: options.onLoss ?? (() => {}),
    onTrouble: (failure) => availability.failed(postgresError(address.name, failure)),
  })
  function committed(failures: readonly RowFailure[]): void {
    commits.committed(failures)
    if (following !== undefined) following.isBehind = true
  }
  const availability = new Availability({
    check: () => lane.run(ALIVE).then(() => {}),
    tryWriting: () => lane.transact((session) => owner.begin(session)).then(() => {}),
    onChange: options.onAvailability ?? (() => {}),
    clock: options.clock,
  })
  if (options.settles === true) {
    await lane.transact(async (session) => {
      await endOwners(session, await goneOwners(session), 'process_gone')
      await owner.begin(session)
    })
  }
  availability.watch()
  const projector = projectorThread<ProjectorData>({
    worker: workerFile(import.meta.url, './projections/projector-worker'),
    data: { address, waitMs: options.foldWaitMs ?? FOLD_WAIT_MS },
    onFolding: options.onFolding ?? (() => {}),
    onTrouble: options.onFoldingTrouble ?? (() => {}),
    errorOf: (failure) => postgresError(address.name, failure),
    closed,
  })
  const follow = (): void => projector.follow(owner.id === undefined ? [] : [owner.id])
  const following = options.follow === true ? followUp(follow, options.clock) : undefined
  const board = openNoticeBoard({ engine: postgresNotices(database), clock: realClock })
  const replicas = postgresReplicas({
    database,
    connections: address.connections,
    errorOf,
    clock: options.clock,
    now: options.now,
  })
  const leaseLane = database.lane({ purpose: 'leases' })
  const leases = leaseDatabase({ lane: leaseLane, owner, retire: retireOwners() })
  const budgets = storeBudgets({
    async handedOver() {
      await commits.handedOver()
      // What was sent is answered, or its connection is gone.
      await lane.connect()
    },
    exchange: (call) => ask(() => leases.exchange(call)),
    beat: (news) => ask(() => leases.beat(news)),
    spent: (windows, isWindowWanted) => projector.ask('spent', windows, isWindowWanted),
    clock: options.clock,
    now: options.now,
  })

  async function close(): Promise<void> {
    availability.close()
    await replicas.close()
    budgets.close()
    await commits.drain(withoutFile(closed))
    following?.close()
    const { id } = owner
    // What it has written is there; that it says goodbye only spares others the wait.
    if (id !== undefined) await lane.transact((session) => endOwners(session, [id], 'goodbye')).catch(() => {})
    await Promise.all([lane.close(), leaseLane.close(), board.close(), projector.close()])
    await database.close()
  }

  return closeOnce(
    {
      ledger: postgresLedger({ database, commits, availability, projector, errorOf }),
      registry: postgresRegistry({ database, ask }),
      audit: postgresAudit({ database, ask }),
      invoices: postgresInvoices({ database, ask }),
      replies: postgresReplies({ database, ask }, options.replyBytes ?? MOST_REPLY_BYTES),
      alerts: postgresAlerts({ database, ask }),
      refusals: postgresRefusals({ database, ask }),
      signInCodes: postgresSignInCodes({ database, ask }),
      budgets,
      notices: { board, gateway },
      replicas,
    },
    close,
  )
}
