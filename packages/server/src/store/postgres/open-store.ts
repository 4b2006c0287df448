import type { Clock } from '@speka/core'
import { realClock } from '@speka/core/node'
import { openNoticeBoard } from '../../notices/open-notice-board.ts'
import { storeBudgets } from '../leases/store-budgets.ts'
import { followUp } from '../projections/follow-up.ts'
import { FOLD_WAIT_MS, projectorThread } from '../projections/projector-thread.ts'
import { MOST_REPLY_BYTES, type Store, type StoreOptions } from '../store.ts'
import type { PostgresAddress } from './address.ts'
import { postgresAlerts } from './alerts.ts'
import { askWith } from './ask.ts'
import { postgresAudit } from './audit.ts'
import { closeOnce } from './close-once.ts'
import { openDatabase } from './database.ts'
import { demandServer } from './demand-server.ts'
import { demandTables } from './demand-tables.ts'
import { postgresInvoices } from './invoices.ts'
import { postgresLedger } from './ledger.ts'
import { loadDriver, type LoadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { leaseDatabase } from './leases.ts'
import { openSettling } from './open-settling.ts'
import { makePartitions, watchPartitions } from './partitions.ts'
import { postgresError } from './postgres-error.ts'
import { failureOf } from './postgres-failure.ts'
import { postgresNotices } from './notices.ts'
import { postgresRefusals } from './refusals.ts'
import { postgresRegistry } from './registry.ts'
import { postgresReplies } from './replies.ts'
import { postgresResponses } from './responses.ts'
import { postgresReplicas } from './replicas.ts'
import { statement } from './session.ts'
import type { ProjectorData } from './projections/projector-worker.ts'
import { PROJECTOR_CONNECTIONS, projectorWorker } from './projections/worker-file.ts'
import { postgresSignInCodes } from './sign-in-codes.ts'
import { postgresRates } from './rate-database.ts'
import { retireOwners } from './retire-owners.ts'

export interface PostgresStoreOptions extends StoreOptions {
  readonly address: PostgresAddress
  /** Where a spool may be; `undefined`: there is none. */
  readonly dataDir?: string | undefined
  /** The clock of trust, in ms. Default: this process's. */
  readonly monotonic?: (() => number) | undefined
  /** Sets the timers by which the database is looked at. Default: the machine's, and none keeps the process alive. */
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** How often is looked for spools that others have left, in ms. Default: 10 s. */
  readonly lookMs?: number | undefined
  /** The time, in ms since the epoch. Default: the machine's. */
  readonly now?: (() => number) | undefined
  /** Loads the driver otherwise, in tests. */
  readonly load?: LoadDriver | undefined
}

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
    await demandTables(database)
    await makePartitions(database, now())
    gateway = String((await database.run(GATEWAY)).rows[0]?.['gateway'])
  } catch (error) {
    await database.close()
    throw errorOf(error)
  }
  const closed = postgresError(address.name, { kind: 'unreachable', detail: 'it is closed' })
  const settling = await openSettling({
    ...options,
    database,
    onKept() {
      if (following !== undefined) following.isBehind = true
    },
  }).catch(async (error: unknown) => {
    await database.close()
    throw errorOf(error)
  })
  const { owner } = settling
  const stopPartitions = watchPartitions({ database, clock: options.clock, now })
  const projector = projectorThread<ProjectorData>({
    worker: projectorWorker,
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
  const rates = postgresRates(database)
  const leaseLane = database.lane({ purpose: 'leases' })
  const leases = leaseDatabase({ lane: leaseLane, owner, retire: retireOwners({ mayEnd: settling.mayEnd }) })
  const budgets = storeBudgets({
    handedOver: () => ask(settling.handedOver),
    exchange: (call) => ask(() => leases.exchange(call)),
    beat: (news) => ask(() => leases.beat(news)),
    spent: (windows, isWindowWanted) => projector.ask('spent', windows, isWindowWanted),
    trust: settling.trust,
    clock: options.clock,
    now: options.now,
  })

  async function close(): Promise<void> {
    stopPartitions()
    await replicas.close()
    budgets.close()
    await settling.close()
    following?.close()
    await Promise.all([leaseLane.close(), rates.close(), board.close(), projector.close()])
    await database.close()
  }

  return closeOnce(
    {
      ledger: postgresLedger({ ...settling, database, projector, errorOf }),
      registry: postgresRegistry({ database, ask }),
      audit: postgresAudit({ database, ask }),
      invoices: postgresInvoices({ database, ask }),
      replies: postgresReplies({ database, ask }, options.replyBytes ?? MOST_REPLY_BYTES),
      responses: postgresResponses({ database, ask }),
      alerts: postgresAlerts({ database, ask }),
      refusals: postgresRefusals({ database, ask }),
      signInCodes: postgresSignInCodes({ database, ask }),
      budgets,
      rates,
      notices: { board, gateway },
      replicas,
    },
    close,
  )
}
