import type { PostgresAddress } from './address.ts'
import { openDatabase } from './database.ts'
import { loadDriver, type LoadDriver } from './load-driver.ts'
import { hasTables } from './migrations.ts'
import { postgresError } from './postgres-error.ts'
import { failureOf } from './postgres-failure.ts'

/**
 * Whether a database has the tables of a store, up to date or not. Nothing is changed.
 *
 * @throws SpekaError `storage_unavailable` when the database cannot be asked.
 */
export async function isPostgresStoreThere(address: PostgresAddress, load?: LoadDriver): Promise<boolean> {
  const database = openDatabase({ driver: await loadDriver(load), address })
  try {
    return await hasTables(database)
  } catch (error) {
    throw postgresError(address.name, failureOf(error))
  } finally {
    await database.close()
  }
}
