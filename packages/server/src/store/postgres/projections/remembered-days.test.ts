import { eventually } from '../../../../../../test/support/eventually.ts'
import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../../test/support/services/new-database.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import type { Store } from '../../store.ts'
import { readPostgresUrl } from '../address.ts'
import { openDatabase, type Database } from '../database.ts'
import { loadDriver } from '../load-driver.ts'
import { openPostgresStore } from '../open-store.ts'
import type { Session } from '../session.ts'
import { RememberedDays, type AskedSums } from './remembered-days.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** A day, and how many hours there were before it. */
const DAY = Date.UTC(2026, 2, 14)
const HOUR = DAY / HOUR_MS

const asked: AskedSums = {
  table: 'usage_hour',
  time: 'hour',
  ofDay: 24,
  groups: ['provider'],
  sums: ['sum(requests)::float8'],
  filter: [],
  from: HOUR - 240,
  until: HOUR + 48,
}

const WAITS_FOR_TIMES = `
  SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM usage_hour_time WHERE%'`

describeWithPostgres('sums that are remembered by the day', () => {
  let made: NewDatabase
  let database: Database
  let store: Store
  let remembered: RememberedDays
  /** The hours of sums that were read, each time. */
  const reads: (readonly unknown[])[] = []
  const session: Pick<Session, 'run'> = {
    async run(statement, values) {
      if (statement.text.includes('FROM usage_hour WHERE')) reads.push(values?.slice(0, 2) ?? [])
      return database.run(statement, values)
    },
  }
  beforeEach(async () => {
    made = await newDatabase()
    const address = readPostgresUrl(made.url)
    database = openDatabase({ driver: await loadDriver(), address })
    store = await openPostgresStore({ address })
    remembered = new RememberedDays()
    reads.length = 0
  })
  afterEach(async () => {
    await store.close()
    await database.close()
    await made.drop()
  })

  const settle = async (...at: number[]): Promise<void> => {
    for (const createdAt of at) await store.ledger.settle(usageRecord({ createdAt }))
    await store.ledger.totals({ by: 'key' })
  }

  /** How many requests there are, whatever they are by. */
  const count = async (changes: Partial<AskedSums> = {}): Promise<number> =>
    (await remembered.read(session, { ...asked, ...changes })).reduce((sum, row) => sum + (row.at(-1) ?? 0), 0)

  test('are read once, and then those of the day that has got more', async () => {
    await settle(DAY - DAY_MS, DAY - 3 * DAY_MS, DAY + 5, DAY + HOUR_MS)
    expect(await count()).toBe(4)
    expect(await count()).toBe(4)
    expect(reads).toEqual([[HOUR - 72, HOUR + 24]])
    await settle(DAY + 2 * HOUR_MS)
    expect(await count()).toBe(5)
    expect(reads.slice(1)).toEqual([[HOUR, HOUR + 24]])
    await settle(DAY - 3 * DAY_MS)
    expect(await count()).toBe(6)
    expect(reads.slice(2)).toEqual([[HOUR - 72, HOUR - 48]])
  })

  test('of a part of a day are not those of all of it, and of another question not those of this', async () => {
    await settle(DAY, DAY + HOUR_MS)
    expect(await count()).toBe(2)
    expect(await count({ from: HOUR + 1 })).toBe(1)
    expect(await count({ until: HOUR + 1 })).toBe(1)
    expect(await count({ filter: [['account', 0]] })).toBe(0)
    expect(await count({ sums: ['sum(failed)::float8'] })).toBe(0)
    expect(
      await count({ table: 'usage_customer_day', time: 'day', ofDay: 1, groups: ['day'], from: 0, until: 1e6 }),
    ).toBe(2)
    expect(await count()).toBe(2)
  })

  test('are read again when all sums were made anew, though the rows are as many', async () => {
    await settle(DAY)
    await database.run({ name: '', text: 'UPDATE usage_hour SET requests = 7' })
    expect(await count()).toBe(7)
    await store.ledger.rebuildSums()
    expect(await count()).toBe(1)
  })

  test('that are too many are read as they are asked for, and not remembered', async () => {
    await settle(DAY)
    await database.run({
      name: '',
      text: `INSERT INTO usage_hour (hour, account, key, labels, model, provider, owner, requests)
             SELECT ${HOUR}, 0, 0, 0, 0, provider, 0, 1 FROM generate_series(1000001, 1050001) AS provider`,
    })
    for (let time = 0; time < 3; time += 1) expect(await count()).toBe(50_002)
    // The first time it is found out.
    expect(reads).toHaveLength(1 + 3)
  })

  test('are those of a first page already when a replica has begun', async () => {
    const now = Date.now()
    await settle(now, now - 20 * DAY_MS)
    const begin = async (): Promise<void> => {
      store = await openPostgresStore({ address: readPostgresUrl(made.url), follow: true, settles: true })
    }
    await store.close()
    await begin()
    await eventually(
      async () => (await database.run({ name: '', text: 'SELECT FROM place WHERE NOT is_merged' })).count === 0,
      'nothing is left to be brought together',
    )
    // One that goes on until it has ended would wait as well.
    await store.close()
    await database.transact(async (other) => {
      // How long requests took is read last.
      await other.script('LOCK TABLE usage_hour_time IN ACCESS EXCLUSIVE MODE')
      await begin()
      await eventually(
        async () => (await database.run({ name: '', text: WAITS_FOR_TIMES })).count > 0,
        'all else is read',
      )
      // By hand, as nobody may: whoever remembers them does not see it.
      await other.script('UPDATE usage_hour SET requests = requests + 1000')
    })
    const [days = []] = await store.ledger.splits({
      splits: ['day', 'model', 'key', 'team', 'provider'],
      since: Math.floor(now / DAY_MS - 20) * DAY_MS,
      until: Math.ceil(now / DAY_MS) * DAY_MS,
    })
    expect(days.reduce((sum, { requests }) => sum + requests, 0)).toBe(2)
  })
})
