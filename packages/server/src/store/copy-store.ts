import { SpekaError } from '@speka/core'
import { checkChain, type InvoiceChainProblem } from './invoice-chain.ts'
import type { AuditVerdict } from './audit.ts'
import type { CopyProgress } from './copied-tables.ts'
import type { LedgerReport } from './ledger-report.ts'
import { readPostgresUrl } from './postgres/address.ts'
import { copyIn } from './postgres/copy-in.ts'
import { openDatabase } from './postgres/database.ts'
import { demandServer } from './postgres/demand-server.ts'
import { demandTables } from './postgres/demand-tables.ts'
import { loadDriver } from './postgres/load-driver.ts'
import { migrate } from './postgres/migrations.ts'
import { postgresError } from './postgres/postgres-error.ts'
import { failureOf } from './postgres/postgres-failure.ts'
import { sqliteStoreToCopy } from './sqlite/copy-out.ts'
import type { Store } from './store.ts'

export type { CopyProgress } from './copied-tables.ts'

export interface StoreCopy {
  /** The SQLite file of a gateway that is not running. */
  readonly from: string
  /** The URL of a PostgreSQL database with nothing of a store in it. */
  readonly to: string
  /** By what the pepper of its keys is known from then on. Default: by nothing, until a replica has one. */
  readonly pepperMark?: string | undefined
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
}

/**
 * Copies all that a single machine's gateway keeps to a database that replicas share, all or nothing: one that is broken off leaves nothing but
 * empty tables, and is begun again; or, once it has committed, all of it, and another is refused. Sums are made of the records when they are
 * first asked for. {@link verifyStore} tells whether it is as it was.
 *
 * @throws SpekaError `storage_unavailable` that says what is wrong with which of the two, and what helps.
 */
export async function copyStore({ from, to, pepperMark, onProgress }: StoreCopy): Promise<void> {
  const address = readPostgresUrl(to)
  const source = sqliteStoreToCopy(from)
  try {
    const database = openDatabase({ driver: await loadDriver(), address, purpose: 'speka copy', statementMs: 0 })
    try {
      await demandServer(database)
      await migrate(database)
      await demandTables(database)
      await copyIn(database, source, { pepperMark, onProgress })
    } catch (error) {
      throw SpekaError.is(error) ? error : postgresError(address.name, failureOf(error))
    } finally {
      await database.close()
    }
  } finally {
    source.close()
  }
}

/** What a look at everything that proves itself has found. */
export interface StoreReport {
  readonly ledger: LedgerReport
  readonly audit: AuditVerdict
  readonly invoices: { readonly count: number; readonly problems: readonly InvoiceChainProblem[] }
}

/** Looks at each usage record, each change of the registry and each invoice of a store: of two that are copies the reports are equal. */
export async function verifyStore({ ledger, audit, invoices }: Store): Promise<StoreReport> {
  const issued = await invoices.list()
  return {
    ledger: await ledger.verify(),
    audit: await audit.verify(),
    invoices: { count: issued.length, problems: checkChain(issued) },
  }
}
