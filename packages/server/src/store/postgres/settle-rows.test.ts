import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { encodeRecord } from '../usage-row.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database, type Lane } from './database.ts'
import { endOwners } from './end-owners.ts'
import { loadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { listOwners, ownerLife, type OwnerLife } from './owner-life.ts'
import { makePartitions } from './partitions.ts'
import { rowById, rowsBehind } from './read-rows.ts'
import { rowSettler, type RowSettler } from './settle-rows.ts'
import { statement } from './session.ts'

const textOf = (id: string, charge = 5n) => encodeRecord(usageRecord({ id, charge }))

describeWithPostgres('rows of an owner', () => {
  let made: NewDatabase
  let database: Database
  let lane: Lane
  let owner: OwnerLife
  let settle: RowSettler
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    await migrate(database)
    lane = database.lane({ purpose: 'ledger' })
    owner = ownerLife()
    settle = rowSettler(lane, owner)
  })
  afterEach(async () => {
    await lane.close()
    await database.close()
    await made.drop()
  })

  const numbers = async (id = owner.id ?? 0) => (await rowsBehind(database, id, 0, 100)).map((row) => [row.n, row.id])

  test('are numbered in their order, and one that is there already takes no number', async () => {
    expect(await settle([textOf('a'), textOf('b')])).toEqual([])
    expect(await settle([textOf('b'), textOf('c'), textOf('c'), textOf('a'), textOf('d')])).toEqual([])
    expect(await numbers()).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ])
    expect(await listOwners(database)).toMatchObject([{ rows: 4, ended: undefined }])
  })

  test('are kept to the last digit and letter', async () => {
    const record = usageRecord({
      charge: 2n ** 63n - 1n,
      customer: 'Zoë\u2028 "\u0000\\" 🐢\ud800',
      account: 'an "account"',
      keyId: undefined,
    })
    expect(await settle([encodeRecord(record)])).toEqual([])
    const row = await rowById(database, record.id, undefined)
    expect(row).toMatchObject({ charge: 2n ** 63n - 1n, account: 'an "account"', keyId: undefined })
    const { rows } = await database.run(statement('SELECT record FROM usage_record'))
    expect(encodeRecord(record).endsWith(`\t${String(rows[0]?.['record'])}`)).toBe(true)
  })

  test('one that breaks a rule does not take the others with it', async () => {
    const failures = await settle([textOf('a'), textOf('b', 2n ** 63n), textOf('c')])
    expect(failures).toMatchObject([{ index: 1, kind: 'bad_row' }])
    expect(await numbers()).toEqual([
      [1, 'a'],
      [2, 'c'],
    ])
  })

  test('of one that was taken for ended are refused, but those that came before, and it goes on as another', async () => {
    await settle([textOf('a')])
    const [before] = [owner.id ?? 0]
    await database.transact((session) => endOwners(session, [before], 'unheard'))
    expect(await settle([textOf('a'), textOf('b')])).toEqual([{ index: 1, kind: 'fenced', detail: expect.any(String) }])
    expect(await settle([textOf('b')])).toEqual([])
    expect(await numbers(before)).toEqual([[1, 'a']])
    expect(await numbers()).toEqual([[1, 'b']])
  })

  test('of two owners at once are each kept once', async () => {
    const other = rowSettler(lane, ownerLife())
    const lanes = Array.from({ length: 20 }, (_, at) => [textOf(`${at}`), textOf(`${at + 1}`)])
    await Promise.all(lanes.flatMap((texts) => [settle(texts), other(texts)]))
    const { rows } = await database.run(statement('SELECT count(*), count(DISTINCT id) AS ids FROM usage_record'))
    expect(rows).toEqual([{ count: '21', ids: '21' }])
  })

  test('lie in the partition of their month, which is made ahead', async () => {
    await makePartitions(database, Date.UTC(2026, 10, 30))
    await makePartitions(database, Date.UTC(2026, 11, 31))
    await settle([
      textOf(
        `${Date.UTC(2026, 11, 31, 23)
          .toString(16)
          .padStart(12, '0')
          .replace(/(.{8})/, '$1-')}-7abc`,
      ),
    ])
    const { rows } = await database.run(statement('SELECT tableoid::regclass::text AS place FROM usage_record'))
    expect(rows).toEqual([{ place: 'usage_record_2026_12' }])
  })

  test.each(['UPDATE usage_record SET charge_pico = 0', 'DELETE FROM usage_record', 'TRUNCATE usage_record'])(
    'are never changed: %s',
    async (sql) => {
      await makePartitions(database, Date.UTC(2026, 10, 30))
      await settle([textOf('a')])
      await expect(database.run(statement(sql))).rejects.toThrow('append-only')
    },
  )
})
