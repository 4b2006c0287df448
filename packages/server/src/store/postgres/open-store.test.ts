import {
  databaseTemplate,
  describeWithPostgres,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { describeStore } from '../store.contract.ts'
import type { Store, StoreOptions } from '../store.ts'
import { readPostgresUrl } from './address.ts'
import { openPostgresStore } from './open-store.ts'

describeWithPostgres('a store in PostgreSQL', () => {
  // With all tables, and nothing in them.
  const template = databaseTemplate(async (url) => (await openPostgresStore({ address: readPostgresUrl(url) })).close())
  const made: NewDatabase[] = []
  afterAll(() => template.drop())
  afterEach(async () => {
    for (const database of made.splice(0)) await database.drop()
  })

  async function open(options?: StoreOptions): Promise<Store> {
    const database = await template.copy()
    made.push(database)
    return openPostgresStore({ ...options, address: readPostgresUrl(database.url) })
  }

  describeStore('postgres', open)
})
