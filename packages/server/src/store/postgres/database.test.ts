import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { eventually } from '../../../../../test/support/eventually.ts'
import { openTcpProxy } from '../../../../../test/support/tcp-proxy.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database } from './database.ts'
import { demandServer } from './demand-server.ts'
import { loadDriver } from './load-driver.ts'
import { isMigrated, migrate, migrations } from './migrations.ts'
import { failureOf } from './postgres-failure.ts'
import { statement } from './session.ts'

test('a pool whose connections fail is ended once, however many asked for one', async () => {
  const driver = await loadDriver()
  const ended: unknown[] = []
  class WatchedPool extends driver.Pool {
    override end(): Promise<void> {
      ended.push(this)
      return super.end() as unknown as Promise<void>
    }
  }
  const watched = { ...driver, Pool: WatchedPool } as unknown as typeof driver
  const address = readPostgresUrl('postgres://speka@127.0.0.1:1/speka')
  const nowhere = openDatabase({ driver: watched, address })
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => nowhere.run(statement('SELECT 1'))))
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(ended.length).toBeGreaterThan(0)
  expect(ended).toHaveLength(new Set(ended).size)
  await nowhere.close()
})

describeWithPostgres('a PostgreSQL database', () => {
  let made: NewDatabase
  let database: Database
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
  })
  afterEach(async () => {
    await database.close()
    await made.drop()
  })

  test('that keeps what the gateway promises is used', async () => {
    expect((await demandServer(database)).version).toBeGreaterThanOrEqual(14)
  })

  test('gets its tables once, however many begin at once', async () => {
    expect(await isMigrated(database)).toBe(false)
    await Promise.all([migrate(database), migrate(database), migrate(database)])
    expect(await isMigrated(database)).toBe(true)
  })

  test('of a newer program is left alone, unless that program says that they go together', async () => {
    await migrate(database)
    const step = { sql: 'ALTER TABLE owner ADD COLUMN more text', runsBeside: migrations.length }
    await migrate(database, [...migrations, step])
    await migrate(database)
    await migrate(database, [
      ...migrations,
      step,
      { sql: 'ALTER TABLE owner DROP COLUMN more', runsBeside: migrations.length + 2 },
    ])
    await expect(migrate(database)).rejects.toMatchObject({ kind: 'newer' })
  })

  test('keeps all of a transaction, or nothing', async () => {
    await migrate(database)
    const use = statement('INSERT INTO key_use VALUES ($1, $2)')
    await expect(
      database.transact(async (session) => {
        await session.run(use, ['key_1', 1])
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    const { count } = await database.run(statement('SELECT * FROM key_use'))
    expect(count).toBe(0)
  })

  test('a transaction whose connection is cut between two statements fails, and the next goes well', async () => {
    const line = await openTcpProxy(Number(new URL(made.url).port))
    const url = new URL(made.url)
    url.port = `${line.port}`
    const cut = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(url.href) })
    const one = statement('SELECT 1')
    const failing = cut.transact(async (session) => {
      await session.run(one)
      line.cut()
      await eventually(() => line.connections === 0, 'the connection is gone')
      await session.run(one)
    })
    expect(failureOf(await failing.catch((error: unknown) => error))).toMatchObject({ kind: 'unreachable' })
    expect((await cut.transact((session) => session.run(one))).count).toBe(1)
    await cut.close()
    await line.close()
  })

  test('a lane whose connection is cut gets another', async () => {
    await migrate(database)
    const lost: unknown[] = []
    const lane = database.lane({ purpose: 'test', onLost: (error) => lost.push(error) })
    const pid = async () => (await lane.run(statement('SELECT pg_backend_pid() AS pid'))).rows[0]?.['pid']
    const before = Number(await pid())
    await database.run(statement('SELECT pg_terminate_backend($1)'), [before])
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await pid()).not.toBe(before)
    await lane.close()
  })
})
