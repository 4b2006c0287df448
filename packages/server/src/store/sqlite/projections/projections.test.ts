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
import type { Price, UsageRecord } from '@speka/core'
import { costOf } from '@speka/core/internal'
import fc from 'fast-check'
import { pico, usageRecord } from '../../__fixtures__/usage-record.ts'
import { eventually } from '../../../../../../test/support/eventually.ts'
import { openMemoryStore } from '../../memory/open-store.ts'
import { usageGroups, type Store, type UsageGroup, type UsageQuery } from '../../store.ts'
import { openSqliteStore } from '../open-store.ts'

/** How many ledgers are made up: `SPEKA_PROJECTION_RUNS=200` for a long run. */
const RUNS = Number(process.env['SPEKA_PROJECTION_RUNS'] ?? 5)

const LONG = 'x'.repeat(10_000)
const NOON = Date.UTC(2026, 2, 14, 12)
const HOUR_MS = 3_600_000

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    'Zoë',
    '李🐢',
    '=1+1',
    "'; DROP TABLE place; --",
    'line\nbreak',
    '\u0000',
    '\u202Eright',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constant(LONG),
)
const count = fc.option(fc.nat({ max: 1e9 }), { nil: undefined })
const amount = fc.option(
  fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  { nil: undefined },
)

const record: fc.Arbitrary<UsageRecord> = fc
  .record({
    // Clocks jump back, and a request may come at the end of one hour and be written in the next.
    createdAt: fc.integer({ min: NOON - 30 * HOUR_MS, max: NOON + 30 * HOUR_MS }),
    account: fc.constantFrom('default', 'acct_A', 'acct_李'),
    keyId: fc.constantFrom(undefined, 'key_A', 'key_B', 'key_C'),
    customer: fc.option(name, { nil: undefined }),
    session: fc.option(name, { nil: undefined }),
    model: fc.option(name, { nil: undefined }),
    provider: fc.option(name, { nil: undefined }),
    upstreamId: fc.option(name, { nil: undefined }),
    outcome: fc.constantFrom('complete', 'failed', 'interrupted', 'cancelled'),
    charge: amount,
    cost: amount,
    price: fc.constantFrom(
      undefined,
      { input: pico(270_000n), output: pico(1_100_000n), source: 'config' },
      {
        input: pico(3n),
        cachedInput: pico(1n),
        output: pico(5n),
        second: pico(7n),
        source: 'published',
        asOf: '2026-03',
      },
    ),
    isByPrice: fc.boolean(),
    usage: fc.record({
      inputTokens: count,
      cachedInputTokens: count,
      outputTokens: count,
      images: count,
      seconds: count,
    }),
  })
  .map(({ cost, isByPrice, ...fields }) => {
    if (isByPrice && fields.price !== undefined) fields.charge = costOf(fields.usage, fields.price as Price)
    const attempts = usageRecord().attempts.map((attempt) => ({ ...attempt, cost: cost && pico(cost) }))
    return usageRecord({ ...fields, attempts } as Parameters<typeof usageRecord>[0])
  })

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

/** Asks both stores much the same, and holds the one's answers to the other's. */
async function expectSame(store: Store, memory: Store, records: readonly UsageRecord[], seed: number): Promise<void> {
  const moments = fc.sample(fc.integer({ min: NOON - 31 * HOUR_MS, max: NOON + 31 * HOUR_MS }), { numRuns: 4, seed })
  const [a = 0, b = 0, c = 0, d = 0] = moments.toSorted((one, other) => one - other)
  const queries: UsageQuery[] = [
    ...usageGroups.map((by): UsageQuery => ({ by })),
    ...(['key', 'hour', 'customer'] as UsageGroup[]).flatMap((by): UsageQuery[] => [
      { by, since: a },
      { by, until: b },
      { by, since: c, until: d },
      { by, since: Math.floor(b / HOUR_MS) * HOUR_MS, until: Math.ceil(c / HOUR_MS) * HOUR_MS },
    ]),
    { by: ['hour', 'model', 'key'] },
    { by: ['customer', 'day', 'account'] },
    { by: 'day', keyId: records[0]?.keyId },
    { by: 'key', account: records[1]?.account, model: records[1]?.model },
  ]
  for (const query of queries) expect(await store.ledger.totals(query)).toEqual(await memory.ledger.totals(query))
  const withoutKeys = ['key_B', 'key_of_nobody']
  for (const account of ['default', 'acct_A', 'acct_李']) {
    for (const month of ['2026-02', '2026-03', '2026-04', 'never'])
      for (const without of [undefined, withoutKeys])
        expect(await store.ledger.billed({ account, month, withoutKeys: without })).toEqual(
          await memory.ledger.billed({ account, month, withoutKeys: without }),
        )
    expect(await store.ledger.billedMonths(account)).toEqual(await memory.ledger.billedMonths(account))
    expect(await store.ledger.billedMonths(account, withoutKeys)).toEqual(
      await memory.ledger.billedMonths(account, withoutKeys),
    )
  }
  expect(await store.ledger.checkSums()).toEqual([])
  for (const { id, keyId, upstreamId, session, customer } of records.slice(0, 5)) {
    expect(await store.ledger.find(id, keyId)).toEqual(await memory.ledger.find(id, keyId))
    expect((await store.ledger.find(upstreamId ?? 'of none', keyId))?.createdAt).toEqual(
      (await memory.ledger.find(upstreamId ?? 'of none', keyId))?.createdAt,
    )
    for (const filter of [{ session }, { customer }, { keyId }]) {
      expect(idsOf(await store.ledger.requests(filter, undefined, 999))).toEqual(
        idsOf(await memory.ledger.requests(filter, undefined, 999)),
      )
    }
  }
}

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

const idsOf = ({ records }: { records: readonly UsageRecord[] }): string[] => records.map(({ id }) => id).toSorted()

async function settleAll(store: Store, records: readonly UsageRecord[]): Promise<void> {
  for (const each of records) await store.ledger.settle(each)
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
