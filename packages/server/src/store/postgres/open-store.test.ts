import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { describeStore } from '../store.contract.ts'
import type { Store, StoreOptions } from '../store.ts'
import { readPostgresUrl } from './address.ts'
import { openPostgresStore } from './open-store.ts'

describeWithPostgres('a store in PostgreSQL', () => {
  const made: NewDatabase[] = []
  afterEach(async () => {
    for (const database of made.splice(0)) await database.drop()
  })

  async function open(options?: StoreOptions): Promise<Store> {
    const database = await newDatabase()
    made.push(database)
    return openPostgresStore({ ...options, address: readPostgresUrl(database.url) })
  }

  describeStore('postgres', open)
})
