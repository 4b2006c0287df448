import { newDatabase } from '../../../../../../test/support/services/new-database.ts'
import { readPostgresUrl } from '../address.ts'
import { askWith, type Ask } from '../ask.ts'
import { openDatabase, type Database } from '../database.ts'
import { loadDriver } from '../load-driver.ts'
import { migrate } from '../migrations.ts'
import { postgresError } from '../postgres-error.ts'
import { failureOf } from '../postgres-failure.ts'

/** What each of several replicas has of one database: connections of its own. */
export interface Replica {
  readonly database: Database
  readonly ask: Ask
}

export interface Replicas {
  readonly replicas: readonly Replica[]
  /** Closes them, and drops the database. */
  close(): Promise<void>
}

/** Several replicas on a new database that has its tables. */
export async function openReplicas(count: number): Promise<Replicas> {
  const made = await newDatabase()
  const [driver, address] = [await loadDriver(), readPostgresUrl(made.url)]
  const ask = askWith((error) => postgresError(address.name, failureOf(error)))
  const replicas = Array.from({ length: count }, () => ({ database: openDatabase({ driver, address }), ask }))
  for (const { database } of replicas.slice(0, 1)) await migrate(database)
  return {
    replicas,
    async close() {
      for (const { database } of replicas) await database.close()
      await made.drop()
    },
  }
}
