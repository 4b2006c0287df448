import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from './sqlite/open-store.ts'
import type { Store, StoreOptions } from './store.ts'

/** Where a gateway's store is, or will be: it can be asked about before it is opened. */
export interface StorePlace {
  /** As it is called in messages: the path of the database file. */
  readonly name: string
  /** Whether there is one yet: what only reads need not make it. */
  exists(): boolean
  /**
   * Opens it, and makes it first where there is none. Several processes may have it open.
   *
   * @throws SpekaError `storage_unavailable` that says what is wrong and what to do about it.
   */
  open(options?: StoreOptions): Promise<Store>
}

/** The store of the gateway whose data folder this is. The one place that chooses the database. */
export function storeIn(dataDir: string): StorePlace {
  const path = join(dataDir, 'speka.sqlite')
  return {
    name: path,
    exists: () => existsSync(path),
    open: (options) => openSqliteStore({ ...options, path }),
  }
}
