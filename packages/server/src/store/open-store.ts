import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openMemoryStore } from './memory/open-store.ts'
import { openSqliteStore } from './sqlite/open-store.ts'
import type { Store, StoreOptions } from './store.ts'

/** Where a gateway's store is, or will be: it can be asked about before it is opened. */
export interface StorePlace {
  /** The database that it is, or will be, in. */
  readonly kind: string
  /** As it is called in messages: the path of the database file. */
  readonly name: string
  /** Whether there is one yet. */
  exists(): boolean
  /**
   * Opens it, and makes it first where there is none. Several processes may have it open.
   *
   * @throws SpekaError `storage_unavailable` that says what is wrong and what to do about it.
   */
  open(options?: StoreOptions): Promise<Store>
  /** Opens it for reading: where there is none, an empty one that nobody keeps. @throws As `open` does. */
  openToRead(options?: StoreOptions): Promise<Store>
}

/** The store of the gateway whose data folder this is. The one place that chooses the database. */
export function storeIn(dataDir: string): StorePlace {
  const path = join(dataDir, 'speka.sqlite')
  const exists = (): boolean => existsSync(path)
  const open = (options?: StoreOptions): Promise<Store> => openSqliteStore({ ...options, path })
  return {
    kind: 'sqlite',
    name: path,
    exists,
    open,
    openToRead: async (options) => (exists() ? open(options) : openMemoryStore()),
  }
}
