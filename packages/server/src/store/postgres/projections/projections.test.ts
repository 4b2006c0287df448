import fc from 'fast-check'
import { eventually } from '../../../../../../test/support/eventually.ts'
import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../../test/support/services/new-database.ts'
import { anyRecord, NOON } from '../../__fixtures__/any-record.ts'
import { expectSame, idsOf, settleAll } from '../../__fixtures__/same-sums.ts'
import { pico, usageRecord } from '../../__fixtures__/usage-record.ts'
import { openMemoryStore } from '../../memory/open-store.ts'
import type { Folding, Store, StoreOptions } from '../../store.ts'
import { readPostgresUrl } from '../address.ts'
import { openDatabase, type Database } from '../database.ts'
import { loadDriver } from '../load-driver.ts'
import { openPostgresStore } from '../open-store.ts'
import { sumTables } from './sum-tables.ts'

/** How many ledgers are made up: `SPEKA_PROJECTION_RUNS=200` for a long run. */
const RUNS = Number(process.env['SPEKA_PROJECTION_RUNS'] ?? 3)

describeWithPostgres('sums over rows in PostgreSQL', () => {
  let made: NewDatabase
  let database: Database
  const open = (options?: StoreOptions): Promise<Store> =>
    openPostgresStore({ foldWaitMs: Infinity, ...options, address: readPostgresUrl(made.url) })
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
  })
  afterEach(async () => {
    await database.close()
    await made.drop()
  })

  const rowsOf = async (text: string) => (await database.run({ name: '', text })).rows

  test('are those of all rows, whichever replica wrote them and whoever folds, restarts and asks meanwhile', async () => {
    const replicas = [1, 2, 3]
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 6, maxLength: 90 }), fc.nat(), async (records, seed) => {
        await made.drop()
        made = await newDatabase()
        const memory = openMemoryStore()
        await settleAll(memory, records)
        const third = Math.ceil(records.length / 3)
        const all = await Promise.all(
          replicas.map(async (replica) => {
            const from = (replica - 1) * third
            // What another has written is sent again, and one of them starts anew in the middle.
            const own = records.slice(Math.max(0, from - 3), from + third)
            let store = await open({ follow: replica !== 2 })
            for (const [index, each] of own.entries()) {
              await store.ledger.settle(each)
              if (index % 7 === replica) await store.ledger.totals({ by: 'key' })
              if (replica === 2 && index === 10) await store.ledger.rebuildSums()
              if (replica === 3 && index === 8) {
                await store.close()
                store = await open({ follow: true })
              }
            }
            return store
          }),
        )
        for (const store of all.slice(1)) await store.close()
        await expectSame(all[0]!, memory, records, seed)
        await all[0]!.close()
      }),
      // To try less of the same takes longer than to read what failed.
      { numRuns: RUNS, endOnFailure: true },
    )
  })

  test('are exact for names that PostgreSQL’s texts cannot have', async () => {
    const names = ['\u0000', '\ud800', '\udfff', '\ufffd', '\ud800\udc00', 'a\u0000b', '']
    const [store, memory] = [await open(), openMemoryStore()]
    const records = names.map((name, index) =>
      usageRecord({ customer: name, session: name, model: name, charge: BigInt(1 + index) }),
    )
    for (const each of [store, memory]) await settleAll(each, records)
    await expectSame(store, memory, records, 3)
    await store.close()
  })

  test('of owners that have ended are brought together, and one that begins anew has its own', async () => {
    for (let life = 0; life < 3; life += 1) {
      const store = await open({ settles: true })
      await store.ledger.settle(usageRecord({ charge: 5n, customer: 'one' }))
      await store.ledger.settle(usageRecord({ outcome: 'failed', errorCode: 'upstream_error', customer: 'one' }))
      await store.close()
    }
    const store = await open({ settles: true, follow: true })
    await store.ledger.settle(usageRecord({ charge: 7n }))
    await store.ledger.totals({ by: 'key' })
    await eventually(
      async () => (await rowsOf('SELECT FROM place WHERE NOT is_merged')).length === 1,
      'only the last owner has sums of its own',
    )
    for (const { name } of sumTables)
      expect((await rowsOf(`SELECT FROM ${name} WHERE owner BETWEEN 1 AND 3`)).length).toBe(0)
    expect(await store.ledger.checkSums()).toEqual([])
    expect(await store.ledger.totals({ by: 'customer' })).toMatchObject([
      { group: undefined, requests: 1, charge: 7n },
      { group: 'one', requests: 6, failed: 3 },
    ])
    await store.close()
  })

  test('that were changed are told, and made anew', async () => {
    const store = await open()
    await settleAll(store, [usageRecord({ charge: 5n }), usageRecord({ charge: 6n, keyId: 'key_B' })])
    expect(await store.ledger.checkSums()).toEqual([])
    await rowsOf('UPDATE usage_hour SET charge = charge + 1 WHERE charge = 5')
    await rowsOf('UPDATE request_index SET time = time + 1 WHERE n = 2')
    await rowsOf('DELETE FROM usage_hour_time')
    const differences = await store.ledger.checkSums()
    expect(differences).toEqual(
      expect.arrayContaining([
        {
          table: 'usage_hour',
          of: expect.stringContaining('hour 2026-03-14T12:00:00.000Z, account default, key key_A'),
          value: 'charge',
          kept: '6',
          rows: '5',
        },
        { table: 'request_index', of: expect.any(String), value: 'time', kept: String(NOON + 1), rows: String(NOON) },
        expect.objectContaining({ table: 'usage_hour_time', value: 'durations', kept: 'none', rows: '2' }),
      ]),
    )
    expect(await store.ledger.rebuildSums()).toBe(2)
    expect(await store.ledger.checkSums()).toEqual([])
    await store.close()
  })

  test('are whole for whoever asks while they are made anew', async () => {
    const [one, other] = await Promise.all([open(), open()])
    await settleAll(
      one,
      Array.from({ length: 40 }, () => usageRecord({ charge: 3n })),
    )
    const asking = { isOver: false }
    const asked = (async () => {
      while (!asking.isOver)
        expect(await other.ledger.totals({ by: 'account' })).toMatchObject([{ requests: 40, charge: 120n }])
    })()
    for (let time = 0; time < 4; time += 1) expect(await one.ledger.rebuildSums()).toBe(40)
    asking.isOver = true
    await asked
    await Promise.all([one.close(), other.close()])
  })

  test('say how far they are when somebody does not wait, and are right at last', async () => {
    const ROWS = 12_000
    await (await open({ settles: true })).close()
    await rowsOf(`
      INSERT INTO usage_record (owner, n, id, created_at, account, key_id, charge_pico, checksum, record)
      SELECT 1, i, 'old-' || i, ${NOON} + i, 'default', 'key_A', 7, 0, '{"outcome":"complete","model":"m","attempts":[]}'
      FROM generate_series(1, ${ROWS}) AS i`)
    await rowsOf(`UPDATE owner SET last_n = ${ROWS} WHERE id = 1`)
    const store = await open({ foldWaitMs: 0 })
    await expect(store.ledger.totals({ by: 'key' })).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/added up: [1-9]\d* of 12000 are/),
      retryAfterMs: expect.any(Number),
    })
    await store.close()
    const told: Folding[] = []
    const patient = await open({ onFolding: (folding) => told.push(folding) })
    expect(await patient.ledger.totals({ by: 'model', until: NOON + 6001 })).toMatchObject([
      { group: 'm', requests: 6000, charge: 42_000n },
    ])
    expect(await patient.ledger.folding()).toEqual({ folded: ROWS, total: ROWS })
    const until = NOON + 41
    const first40 = Array.from({ length: 40 }, (_, n) => `old-${n + 1}`).toSorted()
    expect(idsOf(await patient.ledger.requests({ model: 'm', until }, undefined, 999))).toEqual(first40)
    expect(idsOf(await patient.ledger.requests({ since: NOON + 1, until }, undefined, 999))).toEqual(first40)
    expect(idsOf(await patient.ledger.requests({ model: 'n', until }, undefined, 999))).toEqual([])
    await patient.close()
  })

  test('follow what this replica settles without anybody asking, and leave alone what another one does', async () => {
    const [follows, other] = [await open({ follow: true, settles: true }), await open({ settles: true })]
    await settleAll(other, [usageRecord()])
    await settleAll(follows, [usageRecord(), usageRecord(), usageRecord()])
    await eventually(
      async () => (await rowsOf('SELECT FROM place WHERE n = 3')).length === 1,
      'all rows of this replica are in the sums',
    )
    expect(await follows.ledger.folding()).toEqual({ folded: 3, total: 4 })
    expect(await follows.ledger.totals({ by: 'key' })).toMatchObject([{ requests: 4 }])
    await Promise.all([follows.close(), other.close()])
  })

  test('count a request once in what two replicas fold at once', async () => {
    const [one, other] = await Promise.all([open(), open()])
    const records = Array.from({ length: 200 }, () => usageRecord({ charge: pico(1n) }))
    await Promise.all(records.map((record) => one.ledger.settle(record)))
    const asked = await Promise.all([one, other, one, other].map((store) => store.ledger.totals({ by: 'key' })))
    for (const totals of asked) expect(totals).toMatchObject([{ requests: 200, charge: 200n }])
    await Promise.all([one.close(), other.close()])
  })
})
