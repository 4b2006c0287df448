import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { anyRecord as record, LONG, NOON } from '../../__fixtures__/any-record.ts'
import { expectSame, idsOf, settleAll } from '../../__fixtures__/same-sums.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { eventually } from '../../../../../../test/support/eventually.ts'
import { openMemoryStore } from '../../memory/open-store.ts'
import type { Store, UsageQuery } from '../../store.ts'
import { openSqliteStore } from '../open-store.ts'

/** How many ledgers are made up: `SPEKA_PROJECTION_RUNS=200` for a long run. */
const RUNS = Number(process.env['SPEKA_PROJECTION_RUNS'] ?? 5)

describe('projections', () => {
  test('have the sums of all rows, whoever wrote them and whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 60 }), fc.nat(), async (records, seed) => {
        const memory = openMemoryStore()
        await settleAll(memory, records)
        const path = newPath()
        // Several owners, one of which sends again what another has written.
        const third = Math.ceil(records.length / 3)
        for (const from of [0, third, 2 * third]) {
          const store = await openSqliteStore({ path, foldWaitMs: Infinity })
          await settleAll(store, records.slice(Math.max(0, from - 5), from + third))
          if (from !== third) await store.ledger.totals({ by: 'key' })
          await store.close()
        }
        const store = await openSqliteStore({ path, foldWaitMs: Infinity })
        await expectSame(store, memory, records, seed)
        await store.close()
      }),
      { numRuns: RUNS },
    )
  })

  test('are the same again after they were deleted, torn, overwritten or exchanged', async () => {
    const path = newPath()
    const projections = join(path, '..', 'projections.sqlite')
    // Without names so long that they fill pages of their own, which SQLite has no way to know again.
    const records = fc
      .sample(record, { numRuns: 120, seed: 14 })
      .filter((each) => !JSON.stringify(each, plain).includes(LONG))
    const memory = openMemoryStore()
    await settleAll(memory, records)
    const other = newPath()
    await using(other, async (store) => {
      await settleAll(store, fc.sample(record, { numRuns: 90, seed: 15 }))
      await store.ledger.totals({ by: 'key' })
    })
    await using(path, async (store) => {
      await settleAll(store, records.slice(0, 50))
      await store.ledger.totals({ by: 'key' })
    })
    const early = readFileSync(projections)
    await using(path, async (store) => {
      await settleAll(store, records.slice(50))
      await store.ledger.totals({ by: 'key' })
    })
    const whole = readFileSync(projections)
    const spoil: Record<string, () => void> = {
      'one from earlier': () => writeFileSync(projections, early),
      'one of another ledger': () => copyFileSync(join(other, '..', 'projections.sqlite'), projections),
      'another kind of file': () => writeFileSync(projections, 'not a database'.repeat(999)),
      'an empty file': () => writeFileSync(projections, ''),
      'a database of another program': () => {
        rmSync(projections)
        const db = new DatabaseSync(projections)
        db.exec('CREATE TABLE t (a); PRAGMA user_version = 7')
        db.close()
      },
      'another format': () => {
        const db = new DatabaseSync(projections)
        db.exec('PRAGMA user_version = 3')
        db.close()
      },
      'a log without its file': () => {
        rmSync(projections)
        writeFileSync(`${projections}-wal`, 'x'.repeat(9000))
      },
      'a log of something else beside it': () => writeFileSync(`${projections}-wal`, whole),
    }
    for (const size of [1, 100, 4096, 8192, 20_000, whole.length - 4096, whole.length - 1])
      spoil[`cut to ${size} bytes`] = () => truncateSync(projections, size)
    for (let page = 0; page * 4096 < whole.length; page += 3)
      spoil[`page ${page} full of nothing`] = () => overwrite(projections, page * 4096, Buffer.alloc(4096))
    for (const [what, make] of Object.entries(spoil)) {
      writeFileSync(projections, whole)
      make()
      await using(path, (store) => expectSame(store, memory, records, what.length))
    }
  })

  test('are made anew while somebody has them open', async () => {
    const path = newPath()
    const projections = join(path, '..', 'projections.sqlite')
    const [one, other] = await Promise.all([
      openSqliteStore({ path, foldWaitMs: Infinity }),
      openSqliteStore({ path, foldWaitMs: Infinity }),
    ])
    const records = fc.sample(record, { numRuns: 60, seed: 16 })
    const memory = openMemoryStore()
    for (const [index, each] of records.entries()) {
      await Promise.all([memory, index % 2 === 0 ? one : other].map((store) => store.ledger.settle(each)))
      if (index % 9 === 0) for (const suffix of ['', '-wal', '-shm']) rmSync(projections + suffix, { force: true })
      if (index % 5 === 0) await Promise.all([one, other].map((store) => store.ledger.totals({ by: 'key' })))
    }
    await expectSame(one, memory, records, 1)
    await expectSame(other, memory, records, 2)
    await Promise.all([one.close(), other.close()])
  })

  test('are told by the hour as they are now, whoever has added to an hour that was told before', async () => {
    const path = newPath()
    const [one, other] = await Promise.all([
      openSqliteStore({ path, foldWaitMs: Infinity }),
      openSqliteStore({ path, foldWaitMs: Infinity }),
    ])
    const memory = openMemoryStore()
    const byHour: UsageQuery = { by: ['hour', 'model', 'key'] }
    for (const [index, each] of fc.sample(record, { numRuns: 40, seed: 17 }).entries()) {
      await Promise.all([memory, index % 3 === 0 ? one : other].map((store) => store.ledger.settle(each)))
      if (index % 13 === 12) await other.ledger.rebuildSums()
      const wanted = await memory.ledger.totals(byHour)
      expect(await one.ledger.totals(byHour)).toEqual(wanted)
      expect(await other.ledger.totals({ ...byHour, since: NOON })).toEqual(
        await memory.ledger.totals({ ...byHour, since: NOON }),
      )
    }
    await Promise.all([one.close(), other.close()])
  })

  test('say how far they are when somebody does not wait, and are right at last', async () => {
    const path = newPath()
    await using(path, (store) => store.ledger.settle(usageRecord()))
    const db = new DatabaseSync(path)
    // As they lie in a file from before there were owners.
    db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30_000)
      INSERT INTO ledger SELECT 'old-' || i, 'key_A', ${NOON} + i, 'u' || i, 'm', 'complete', 1, 0, 1, 7, '{"attempts":[]}' FROM n`)
    db.close()
    const store = await openSqliteStore({ path, foldWaitMs: 0 })
    await expect(store.ledger.totals({ by: 'key' })).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/added up: [1-9]\d* of 30001 are/),
      retryAfterMs: expect.any(Number),
    })
    await store.close()
    await using(path, async ({ ledger }) => {
      expect(await ledger.totals({ by: 'model', until: NOON + 15_001 })).toMatchObject([
        { group: 'acme/fast', requests: 1 },
        { group: 'm', requests: 15_000, charge: 105_000n },
      ])
      // By an index, by time, and by a name that nothing has.
      const first40 = Array.from({ length: 40 }, (_, n) => `old-${n + 1}`).toSorted()
      const until = NOON + 41
      expect(idsOf(await ledger.requests({ model: 'm', until }, undefined, 999))).toEqual(first40)
      expect(idsOf(await ledger.requests({ since: NOON + 1, until }, undefined, 999))).toEqual(first40)
      expect(idsOf(await ledger.requests({ model: 'n', until }, undefined, 999))).toEqual([])
    })
  })

  test('follow what is settled without anybody asking', async () => {
    const path = newPath()
    const store = await openSqliteStore({ path, follow: true })
    for (let n = 0; n < 3; n += 1) await store.ledger.settle(usageRecord())
    const projections = join(path, '..', 'projections.sqlite')
    await eventually(() => rowsIn(projections) === 3, 'all rows are in the projections')
    await store.close()
  })

  test('are for their owner only', async () => {
    const path = newPath()
    await using(path, async (store) => {
      await store.ledger.totals({ by: 'key' })
      const modes = ['', '-wal', '-shm'].map(
        (suffix) => statSync(join(path, '..', `projections.sqlite${suffix}`)).mode & 0o777,
      )
      expect(modes).toEqual([0o600, 0o600, 0o600])
    })
  })
})

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** How many rows a file of projections has, as somebody else sees it. */
function rowsIn(projections: string): unknown {
  if (!existsSync(projections)) return undefined
  const db = new DatabaseSync(projections, { readOnly: true })
  try {
    return db.prepare('SELECT sum(n) AS rows FROM place').get()?.['rows']
  } finally {
    db.close()
  }
}

async function using(path: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openSqliteStore({ path, foldWaitMs: Infinity })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'speka-projections-')), 'speka.sqlite')
