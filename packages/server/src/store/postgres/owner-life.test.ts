import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database } from './database.ts'
import { loadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { goneOwners, ownerLife } from './owner-life.ts'
import { statement } from './session.ts'

describeWithPostgres('an owner whose process is gone', () => {
  let made: NewDatabase
  let database: Database
  let folder: string
  let id: number
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    await migrate(database)
    folder = mkdtempSync(join(tmpdir(), 'spool-'))
    id = await database.transact((session) => ownerLife(folder).begin(session))
    // As if another had had this pid before.
    await database.run(statement(`UPDATE owner SET process = process || '1'`))
  })
  afterEach(async () => {
    await database.close()
    await made.drop()
  })

  test('is found to be', async () => {
    expect(await goneOwners(database)).toEqual([id])
  })

  test('is not taken for gone while rows of it wait in its folder, whoever looks', async () => {
    writeFileSync(join(folder, `owner-${id}1-7.spool`), '')
    expect(await goneOwners(database)).toEqual([id])
    writeFileSync(join(folder, `owner-${id}-7.spool.taken`), '')
    expect(await goneOwners(database)).toEqual([])
  })
})
