import type { Clock } from '@speka/core'
import { Availability } from '../availability.ts'
import { GroupCommit } from '../group-commit.ts'
import { storeBudgets } from '../leases/store-budgets.ts'
import type { RowFailure } from '../storage-failure.ts'
import { MOST_REPLY_BYTES, type Ledger, type Store, type StoreOptions } from '../store.ts'
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
import { postgresRefusals } from './refusals.ts'
import { postgresRegistry } from './registry.ts'
import { postgresReplies } from './replies.ts'
import { statement } from './session.ts'
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
  const database = openDatabase({ driver: await loadDriver(options.load), address })
  const errorOf = (error: unknown) => postgresError(address.name, failureOf(error))
  const ask = askWith(errorOf)
  try {
    await demandServer(database)
    await migrate(database)
    await makePartitions(database, now())
  } catch (error) {
    await database.close()
    throw errorOf(error)
  }
  const owner = ownerLife()
  const lane = database.lane({ purpose: 'ledger' })
  const settle = rowSettler(lane, owner)
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
    spent: () => {
      throw new Error('not yet')
    },
    clock: options.clock,
    now: options.now,
  })

  async function close(): Promise<void> {
    availability.close()
    budgets.close()
    await commits.drain(withoutFile(postgresError(address.name, { kind: 'unreachable', detail: 'it is closed' })))
    const { id } = owner
    // What it has written is there; that it says goodbye only spares others the wait.
    if (id !== undefined) await lane.transact((session) => endOwners(session, [id], 'goodbye')).catch(() => {})
    await Promise.all([lane.close(), leaseLane.close()])
    await database.close()
  }

  return closeOnce(
    {
      ledger: { ...({} as Ledger), ...postgresLedger({ database, commits, availability, errorOf }) },
      registry: postgresRegistry({ database, ask }),
      audit: postgresAudit({ database, ask }),
      invoices: postgresInvoices({ database, ask }),
      replies: postgresReplies({ database, ask }, options.replyBytes ?? MOST_REPLY_BYTES),
      alerts: postgresAlerts({ database, ask }),
      refusals: postgresRefusals({ database, ask }),
      signInCodes: postgresSignInCodes({ database, ask }),
      budgets,
    },
    close,
  )
}
