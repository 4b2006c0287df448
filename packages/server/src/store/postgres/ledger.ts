import type { SpekaError } from '@speka/core'
import type { Availability } from '../availability.ts'
import type { GroupCommit } from '../group-commit.ts'
import { projectedLedger } from '../projections/projected-ledger.ts'
import type { ProjectorThread } from '../projections/projector-thread.ts'
import type { Ledger } from '../store.ts'
import type { RowText } from '../usage-record-table.ts'
import { decodeRecord } from '../usage-row.ts'
import type { Database } from './database.ts'
import { listOwners } from './owner-life.ts'
import { rowById } from './read-rows.ts'
import { verifyTables } from './verify.ts'

export interface PostgresLedgerParts {
  readonly database: Database
  readonly commits: GroupCommit<RowText>
  readonly availability: Availability
  /** Ends the owners that a process of this machine has been. */
  readonly endOwnersOf: (pid: number) => Promise<void>
  /** Where records are added up, and found by anything but their id. */
  readonly projector: ProjectorThread
  /** What the database's failures are to whoever asked. */
  readonly errorOf: (error: unknown) => SpekaError
}

/** Usage records in partitions by month. */
export function postgresLedger(parts: PostgresLedgerParts): Ledger {
  const { database, commits, availability, endOwnersOf, projector, errorOf } = parts

  /** What was settled before is asked for behind it. */
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw errorOf(error)
    }
  }

  return {
    ...projectedLedger(projector),
    settle: (record) => commits.settle(record),
    trouble: () => availability.trouble,
    async find(id, keyId) {
      const row =
        (await ask(() => rowById(database, id, keyId))) ?? (await projector.ask('findByUpstreamId', id, keyId))
      return row === undefined ? undefined : decodeRecord(row)
    },
    owners: () => ask(() => listOwners(database)),
    endOwnersOf: (pid) => ask(() => endOwnersOf(pid)),
    verify: () => ask(() => verifyTables(database)),
  }
}
