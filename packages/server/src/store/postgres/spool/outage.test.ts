import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SpekaError } from '@speka/core'
import { describeWithPostgres } from '../../../../../../test/support/services/new-database.ts'
import { startPostgres, type TestPostgres } from '../../../../../../test/support/services/postgres.ts'
import { eventually } from '../../../../../../test/support/eventually.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import type { SpoolBounds, Store, StoreOptions } from '../../store.ts'
import { bootId, pidSpace } from '../../own-process.ts'
import { encodeRecord } from '../../usage-row.ts'
import { readPostgresUrl } from '../address.ts'
import { openDatabase } from '../database.ts'
import { endOwners } from '../end-owners.ts'
import { loadDriver } from '../load-driver.ts'
import { openPostgresStore, type PostgresStoreOptions } from '../open-store.ts'
import { SpoolFile, type SpoolWriter } from './spool-file.ts'

const BOUNDS: SpoolBounds = { maxRows: 10_000, maxMs: 120_000 }

describeWithPostgres('while PostgreSQL does not answer', () => {
  let postgres: TestPostgres
  let dataDir: string
  let address: PostgresStoreOptions['address']
  const open: Store[] = []
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())
  let made = 0
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'speka-'))
    await query(postgres.url(), `CREATE DATABASE test_${(made += 1)}`)
    address = readPostgresUrl(postgres.url(`test_${made}`))
  })
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close()
  })

  async function start(options: Partial<PostgresStoreOptions> & StoreOptions = {}): Promise<Store> {
    const store = await openPostgresStore({ address, dataDir, settles: true, spool: BOUNDS, ...options })
    open.push(store)
    return store
  }

  const spools = () => readdirSync(join(dataDir, 'spool'))
  const rows = async () =>
    (
      await query(
        postgres.url(`test_${made}`),
        'SELECT owner, n, id, is_late FROM speka.usage_record ORDER BY owner, n',
      )
    ).rows
  /** Makes an owner of a process of this machine that is gone. */
  async function beginOther(): Promise<{ owner: number; writer: SpoolWriter }> {
    const mark = `${pidSpace()} -1`
    const { rows: begun } = await query(
      postgres.url(`test_${made}`),
      `INSERT INTO speka.owner (started_at, host, boot_id, pid, process, spool, state, heard_at)
       VALUES (5, 'here', '${bootId()}', 1, '${mark}', '${join(dataDir, 'spool')}', 'alive', 5) RETURNING id`,
    )
    const owner = Number(begun[0]?.['id'])
    return { owner, writer: { owner, startedAt: 5, bootId: bootId(), pid: 1, process: mark } }
  }

  const idsIn = async () => (await rows()).map(({ id }) => String(id))

  test('killed five times under load: nothing is lost, nothing is there twice, nobody is refused', async () => {
    const told: boolean[] = []
    const store = await start({ onSpool: (isHolding) => told.push(isHolding) })
    const kept: string[] = []
    const load = { isOver: false }
    const callers = Array.from({ length: 8 }, async () => {
      while (!load.isOver) {
        kept.push(...(await settleSome(store, 3)))
        // As callers do that wait for more than the ledger.
        await wait(10)
      }
    })
    for (let kill = 0; kill < 5; kill += 1) {
      const before = kept.length
      await eventually(() => kept.length > before + 50, 'records are kept')
      await postgres.kill()
      await eventually(() => told.at(-1) === true, 'records go to the spool')
      expect(store.ledger.trouble()).toBeUndefined()
      await postgres.restart()
      await eventually(() => told.at(-1) === false, 'all records are in the database')
    }
    load.isOver = true
    await Promise.all(callers)
    await store.close()
    expect((await idsIn()).toSorted()).toEqual(kept.toSorted())
    expect((await rows()).map(({ n }) => Number(n))).toEqual(kept.map((_, index) => index + 1))
    expect(spools()).toEqual([])
    expect(await (await start()).ledger.verify()).toEqual({ rows: kept.length, problems: [] })
  })

  test('stopped for a while: records are kept, and come to the ledger when it goes on', async () => {
    const store = await start()
    const before = await settleSome(store, 2)
    postgres.signal('SIGSTOP')
    const meanwhile = await settleSome(store, 5)
    expect(spools()).toHaveLength(1)
    postgres.signal('SIGCONT')
    await eventually(async () => (await idsIn()).length === 7, 'all are in the ledger')
    expect((await idsIn()).toSorted()).toEqual([...before, ...meanwhile].toSorted())
  })

  test('a spool has an end: then nothing is taken, until all is in the database', async () => {
    const store = await start({ spool: { maxRows: 3, maxMs: 120_000 } })
    await settleSome(store, 1)
    await postgres.kill()
    await settleSome(store, 3)
    await expect(store.ledger.settle(usageRecord())).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(store.ledger.trouble()?.message).toContain('takes no more')
    await postgres.restart()
    await eventually(() => store.ledger.trouble() === undefined, 'records are taken')
    await settleSome(store, 1)
    expect(await idsIn()).toHaveLength(5)
  })

  test('without a spool nobody is told of a failure whose row may be there, and the others at once', async () => {
    const store = await start({ spool: undefined })
    await settleSome(store, 1)
    postgres.signal('SIGSTOP')
    const sent = settleSome(store, 1)
    await eventually(() => store.ledger.trouble() !== undefined, 'it is known')
    const refused: SpekaError[] = []
    await store.ledger.settle(usageRecord()).catch((error: SpekaError) => refused.push(error))
    expect(refused).toMatchObject([{ code: 'storage_unavailable' }])
    await postgres.kill()
    await postgres.restart()
    const [id] = await sent
    await eventually(() => store.ledger.trouble() === undefined, 'records are taken')
    expect(await idsIn()).toContain(id)
    expect(await idsIn()).toHaveLength(2)
  })

  test('who has had no answer for 120 s of its own clock finishes nothing, spool or not', async () => {
    let now = 0
    const store = await start({ monotonic: () => now })
    await settleSome(store, 1)
    await postgres.kill()
    await settleSome(store, 1)
    now += 120_000
    await expect(store.ledger.settle(usageRecord())).rejects.toMatchObject({
      code: 'storage_unavailable',
      isUnrecorded: true,
    })
    await postgres.restart()
    await eventually(() => store.ledger.trouble() === undefined, 'records are taken')
    await settleSome(store, 1)
    expect(await idsIn()).toHaveLength(3)
  })

  test('what waits when the gateway ends comes to the ledger with the next start, and then it counts as ended', async () => {
    const store = await start()
    await postgres.kill()
    const left = await settleSome(store, 4)
    await store.close()
    expect(spools()).toHaveLength(1)
    await postgres.restart()
    const next = await start()
    expect((await idsIn()).toSorted()).toEqual(left.toSorted())
    expect(spools()).toEqual([])
    expect((await rows()).map((row) => row['is_late'])).toEqual([false, false, false, false])
    expect(await next.ledger.owners()).toMatchObject([
      { rows: 4, ended: { how: 'process_gone' } },
      { ended: undefined },
    ])
  })

  test('what a process leaves that is killed while this one runs is in the ledger after the next look', async () => {
    // It lives while it writes: nobody looks before it is gone.
    let isWriting = true
    const store = await start({ lookMs: 50, clock: heldClock(() => isWriting) })
    const { owner, writer } = await beginOther()
    const file = await SpoolFile.create(join(dataDir, 'spool'), writer)
    const record = usageRecord()
    await file.append([encodeRecord(record)])
    await file.close(true)
    isWriting = false
    await eventually(async () => (await idsIn()).includes(record.id), 'it is in the ledger')
    await eventually(async () => (await endOf(store, owner))?.how === 'process_gone', 'its owner has ended')
    expect(spools()).toEqual([])
  })

  test('a look that finds no database is followed by another', async () => {
    let isWriting = true
    const store = await start({ lookMs: 50, clock: heldClock(() => isWriting) })
    const { owner, writer } = await beginOther()
    await postgres.kill()
    const file = await SpoolFile.create(join(dataDir, 'spool'), writer)
    const record = usageRecord()
    await file.append([encodeRecord(record)])
    await file.close(true)
    isWriting = false
    await eventually(() => spools().some((name) => name.endsWith('.taken')), 'a look has found it')
    await postgres.restart()
    await eventually(async () => (await idsIn()).includes(record.id), 'it is in the ledger')
    await eventually(async () => (await endOf(store, owner))?.how === 'process_gone', 'its owner has ended')
  })

  test('of a process that was killed, what was torn is cut off, and what is damaged costs no other', async () => {
    await (await start()).close()
    const { owner, writer } = await beginOther()
    const file = await SpoolFile.create(join(dataDir, 'spool'), writer)
    const records = [usageRecord(), usageRecord(), usageRecord(), usageRecord()]
    const places: number[] = []
    for (const record of records) {
      places.push(file.bytes)
      await file.append([encodeRecord(record)])
    }
    await file.close(true)
    const bytes = readFileSync(file.path)
    bytes.writeUInt8(0, (places[1] ?? 0) + 40)
    writeFileSync(file.path, bytes.subarray(0, bytes.length - 9))
    const lost: number[] = []
    const store = await start({ onLoss: (_, count) => lost.push(count) })
    expect(await idsIn()).toEqual([records[0]?.id, records[2]?.id])
    expect(lost).toEqual([1])
    expect(spools()).toEqual([expect.stringMatching(/\.damaged$/)])
    const owners = await store.ledger.owners()
    expect(owners.find(({ id }) => id === owner)).toMatchObject({ rows: 2, ended: { how: 'process_gone' } })
  })

  test('rows of one that was taken for ended meanwhile come late, and it goes on as another', async () => {
    let isHeld = false
    const store = await start({ clock: heldClock(() => isHeld) })
    await settleSome(store, 1)
    await postgres.kill()
    isHeld = true
    await settleSome(store, 2)
    await postgres.restart()
    const database = openDatabase({ driver: await loadDriver(), address })
    await database.transact((session) => endOwners(session, [1], 'unheard'))
    isHeld = false
    await eventually(async () => (await idsIn()).length === 3, 'they are in the ledger')
    await eventually(
      () =>
        settleSome(store, 1).then(
          () => true,
          () => false,
        ),
      'it goes on',
    )
    expect((await rows()).map((row) => [Number(row['owner']), Number(row['n']), row['is_late']])).toEqual([
      [1, 1, false],
      [1, 2, true],
      [1, 3, true],
      [expect.any(Number), 1, false],
    ])
    expect(await store.ledger.owners()).toMatchObject([{ id: 1, rows: 3, ended: { how: 'unheard' } }, { rows: 1 }])
    expect((await store.ledger.verify()).problems).toEqual([])
    await database.close()
  })
})

const endOf = async (store: Store, owner: number) => (await store.ledger.owners()).find(({ id }) => id === owner)?.ended

async function settleSome(store: Store, count: number): Promise<string[]> {
  const records = Array.from({ length: count }, () => usageRecord())
  await Promise.all(records.map((record) => store.ledger.settle(record)))
  return records.map(({ id }) => id)
}

/** Whose timers wait while they are held. */
const heldClock = (isHeld: () => boolean) => ({
  after(ms: number, run: () => void): () => void {
    const due = (): void => {
      if (isHeld()) timer = setTimeout(due, 5)
      else run()
    }
    let timer = setTimeout(due, ms).unref()
    return () => clearTimeout(timer)
  },
})

async function query(url: string, sql: string): Promise<{ rows: Record<string, unknown>[] }> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
