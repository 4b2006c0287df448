import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openMemoryStore } from './memory/open-store.ts'
import { readPostgresUrl } from './postgres/address.ts'
import { openSqliteStore } from './sqlite/open-store.ts'
import type { Store, StoreOptions } from './store.ts'

/** Where a gateway's store is, or will be: it can be asked about before it is opened. */
export interface StorePlace {
  /** The database that it is, or will be, in. */
  readonly kind: StoreKind
  /** As it is called in messages: the path of the database file, or the URL of the database without its password. */
  readonly name: string
  /** Whether there is one yet. @throws SpekaError `storage_unavailable` when nobody can tell. */
  exists(): Promise<boolean>
  /**
   * Opens it, and makes it first where there is none. Several processes may have it open.
   *
   * @throws SpekaError `storage_unavailable` that says what is wrong and what to do about it.
   */
  open(options?: StoreOptions): Promise<Store>
  /** Opens it for reading: where there is none, an empty one that nobody keeps. @throws As `open` does. */
  openToRead(options?: StoreOptions): Promise<Store>
}

export type StoreKind = 'sqlite' | 'postgres'

/** What decides where the store is. */
export interface StoreSettings {
  readonly dataDir: string
  /** The PostgreSQL database that it is in, with its password; `undefined`: it is SQLite in the data folder. */
  readonly databaseUrl: string | undefined
}

/**
 * The store of a gateway. The one place that chooses the database.
 *
 * @throws SpekaError `storage_unavailable` when the URL cannot be read; it shows no password.
 */
export const storeOf = ({ dataDir, databaseUrl }: StoreSettings): StorePlace =>
  databaseUrl === undefined ? storeIn(dataDir) : storeAt(databaseUrl, dataDir)

/** The store of one machine, in its data folder. */
export function storeIn(dataDir: string): StorePlace {
  const path = join(dataDir, 'speka.sqlite')
  const exists = async (): Promise<boolean> => existsSync(path)
  const open = (options?: StoreOptions): Promise<Store> => openSqliteStore({ ...options, path })
  return {
    kind: 'sqlite',
    name: path,
    exists,
    open,
    openToRead: async (options) => ((await exists()) ? open(options) : openMemoryStore()),
  }
}

/** The store that replicas share. What it is made of is only loaded where there is one. */
function storeAt(url: string, dataDir: string): StorePlace {
  const address = readPostgresUrl(url)
  const exists = async (): Promise<boolean> => {
    const { isPostgresStoreThere } = await import('./postgres/is-there.ts')
    return isPostgresStoreThere(address)
  }
  const open = async (options?: StoreOptions): Promise<Store> => {
    const { openPostgresStore } = await import('./postgres/open-store.ts')
    return openPostgresStore({ ...options, address, dataDir })
  }
  return {
    kind: 'postgres',
    name: address.name,
    exists,
    open,
    openToRead: async (options) => ((await exists()) ? open(options) : openMemoryStore()),
  }
}
