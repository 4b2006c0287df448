import { createFakeClock } from '../../../../core/src/sandbox/clock.fake.ts'
import { eventually } from '../../../../../test/support/eventually.ts'
import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database } from './database.ts'
import { loadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { makePartitions, watchPartitions } from './partitions.ts'
import { statement } from './session.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

describeWithPostgres('partitions of months', () => {
  let made: NewDatabase
  let database: Database
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    await migrate(database)
  })
  afterEach(async () => {
    await database.close()
    await made.drop()
  })

  const moment = Date.UTC(2026, 10, 30)

  const names = async (): Promise<string[]> => {
    const { rows } = await database.run(
      statement("SELECT tablename FROM pg_tables WHERE tablename LIKE 'usage_record_20%' ORDER BY 1"),
    )
    return rows.map(({ tablename }) => String(tablename))
  }

  test('that somebody else makes meanwhile are not made again', async () => {
    const WAITING = statement("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    const waits = async () => Number((await database.run(WAITING)).rows[0]?.['count']) > 0
    // As replicas do that start at once: one looks, finds nothing, and waits while another makes it.
    let second: Promise<void> | undefined
    await database.transact(async (first) => {
      await first.run(statement('SELECT pg_advisory_xact_lock($1)'), [0x6d_6f_6e_74_68])
      second = makePartitions(database, moment)
      await eventually(waits, 'the second waits for the first')
      await first.script(`CREATE TABLE usage_record_2026_11 PARTITION OF usage_record
        FOR VALUES FROM ('01a19467-e800') TO ('01a22ee6-b000')`)
    })
    await expect(second).resolves.toBeUndefined()
    expect(await names()).toEqual(['usage_record_2026_11', 'usage_record_2026_12', 'usage_record_2027_01'])
  })

  test('are made ahead for as long as a replica runs, once a day, and a minute after a look that failed', async () => {
    const clock = createFakeClock()
    let time = moment
    let isDown = false
    const sometimes: Database = {
      ...database,
      run: (asked, values) => (isDown ? Promise.reject(new Error('it is down')) : database.run(asked, values)),
    }
    const stop = watchPartitions({ database: sometimes, clock, now: () => time })
    const looked = (): Promise<void> => eventually(() => clock.pending() === 1, 'the next look is to come')
    await clock.advance(DAY_MS - 1)
    expect(await names()).toEqual([])
    await clock.advance(1)
    await looked()
    expect(await names()).toEqual(['usage_record_2026_11', 'usage_record_2026_12', 'usage_record_2027_01'])

    time = Date.UTC(2026, 11, 1)
    isDown = true
    await clock.advance(DAY_MS)
    await looked()
    isDown = false
    await clock.advance(MINUTE_MS - 1)
    expect(await names()).not.toContain('usage_record_2027_02')
    await clock.advance(1)
    await looked()
    expect(await names()).toContain('usage_record_2027_02')
    stop()
    expect(clock.pending()).toBe(0)
  })
})
