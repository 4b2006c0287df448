import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SpekaError } from '@speka/core'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { encodeRecord } from '../usage-row.ts'
import { openSqliteStore } from './open-store.ts'
import type { SqliteStoreOptions } from './open-store.ts'
import { describeStore } from '../store.contract.ts'
import type { Store } from '../store.ts'

describeStore('sqlite', (options) => openSqliteStore({ ...options, path: newPath() }))
describeStore('relaxed sqlite', (options) => openEagerly({ ...options, path: newPath(), durability: 'relaxed' }))

describe('a sqlite file', () => {
  const whereModesAre = process.platform === 'win32' ? test.skip : test
  whereModesAre('is for its owner only, with all beside it, in a folder that others can enter too', async () => {
    const path = newPath()
    chmodSync(join(path, '..'), 0o755)
    const modes = () =>
      readdirSync(join(path, '..')).map((name) => [name, statSync(join(path, '..', name)).mode & 0o777])
    const all = ['speka.db', 'speka.db-shm', 'speka.db-wal'].map((name) => [name, 0o600])
    const before = process.umask(0o000)
    try {
      await using(path, async (store) => {
        await store.ledger.settle(usageRecord())
        expect(modes()).toEqual(all)
        // As a copy from a backup may be, and what another left behind.
        for (const [name] of all) chmodSync(join(path, '..', String(name)), 0o666)
        await using(path, async () => expect(modes()).toEqual(all))
      })
    } finally {
      process.umask(before)
    }
  })

  test('keeps its records when it is opened again', async () => {
    const path = newPath()
    const record = usageRecord()
    await using(path, (store) => store.ledger.settle(record))
    await using(path, async (store) => expect(await store.ledger.find(record.id)).toEqual(record))
    expect(readdirSync(join(path, '..'))).toEqual(['speka.db'])
  })

  test.each(['UPDATE usage_record SET charge_pico = 0', 'DELETE FROM usage_record'])(
    'refuses %s',
    async (statement) => {
      const path = newPath()
      await using(path, (store) => store.ledger.settle(usageRecord()))
      const db = new DatabaseSync(path)
      expect(() => db.exec(statement)).toThrow('the ledger is append-only')
      db.close()
    },
  )

  test('shows each of two stores what the other wrote', async () => {
    const path = newPath()
    const [one, other] = await Promise.all([openSqliteStore({ path }), openSqliteStore({ path })])
    const [mine, theirs] = [usageRecord(), usageRecord()]
    await Promise.all([one.ledger.settle(mine), other.ledger.settle(theirs), other.ledger.settle(mine)])
    expect(await one.ledger.find(theirs.id)).toEqual(theirs)
    expect(await other.ledger.totals({ by: 'key' })).toMatchObject([{ requests: 2 }])
    await Promise.all([one.close(), other.close()])
  })

  test('from before there were owners is searched for an upstream’s id, however many records are newer', async () => {
    const path = newPath()
    const noon = Date.UTC(2026, 2, 14, 12)
    const [first, ofAnother] = [
      usageRecord({ createdAt: noon, upstreamId: 'chatcmpl-first' }),
      usageRecord({ createdAt: noon, upstreamId: 'chatcmpl-of-another', keyId: 'key_B' }),
    ]
    const newer = newPath()
    await using(newer, (store) => Promise.all([first, ofAnother].map((record) => store.ledger.settle(record))))
    await using(path, async () => {})
    const db = new DatabaseSync(path)
    db.exec(`
      ATTACH '${newer}' AS newer;
      INSERT INTO ledger SELECT id, key_id, created_at, record ->> 'upstreamId', record ->> 'model', record ->> 'outcome',
        1, 0, 1, 1, record FROM newer.usage_record;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40_000)
      INSERT INTO ledger SELECT 'later-' || i, 'key_A', ${noon + 90_000_000} + i, 'u' || i, model, outcome, 1, 0, 1, 1, details
      FROM ledger, n WHERE id = '${first.id}'`)
    db.close()
    await using(path, async ({ ledger }) => {
      const id = async (upstreamId: string, keyId?: string) => (await ledger.find(upstreamId, keyId))?.id
      expect(await id('u40000', 'key_A')).toBe('later-40000')
      expect(await id('u1', 'key_A')).toBe('later-1')
      expect(await id(first.upstreamId ?? '', 'key_A')).toBe(first.id)
      expect(await id(first.upstreamId ?? '')).toBe(first.id)
      expect(await id(first.upstreamId ?? '', 'key_B')).toBeUndefined()
      expect(await id('chatcmpl-of-another', 'key_B')).toBe(ofAnother.id)
      expect(await id(first.id, 'key_A')).toBe(first.id)
    })
  })

  test.each([0, 100, 4096, 10_000, 30_000])('cut to %i bytes is refused and left as it is', async (bytes) => {
    const path = newPath()
    await using(path, (store) => Promise.all(Array.from({ length: 100 }, () => store.ledger.settle(usageRecord()))))
    truncateSync(path, bytes)
    await expectRefusal(path, /damaged.*Restore it from a backup/)
    expect(readFileSync(path)).toHaveLength(bytes)
  })

  test.each([
    {
      what: 'full of something else',
      make: (path: string) => writeFileSync(path, 'not a database'.repeat(1000)),
      says: /is damaged/,
    },
    {
      what: 'of another program',
      make: (path: string) => new DatabaseSync(path).exec('CREATE TABLE theirs (a)'),
      says: /not one made by Speka/,
    },
    { what: 'that is a folder', make: (path: string) => void mkdirSync(path), says: /cannot be opened/ },
    {
      what: 'gone from beside its log',
      make: (path: string) => writeFileSync(`${path}-wal`, 'x'),
      says: /is gone, but/,
    },
  ])('$what is refused, naming the file and what to do', async ({ make, says }) => {
    const path = newPath()
    make(path)
    await expectRefusal(path, says)
  })

  test('written by a newer version is refused', async () => {
    const path = newPath()
    await using(path, async () => {})
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    await expectRefusal(path, /newer version of Speka/)
  })

  test('whose folder is a file is refused', async () => {
    const folder = newPath()
    writeFileSync(folder, '')
    await expectRefusal(join(folder, 'speka.db'), /cannot be opened for writing.*--data or SPEKA_DATA_DIR/)
  })

  // Root may write anywhere, so it cannot see this.
  const unlessRoot = process.getuid?.() === 0 ? test.skip : test
  unlessRoot('in a read-only folder is refused', async () => {
    const path = newPath()
    chmodSync(join(path, '..'), 0o500)
    await expectRefusal(path, /cannot be opened for writing/)
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test('loses nothing settled when the process is killed', async () => {
    const path = newPath()
    await using(path, async () => {})
    // A process that kills itself on hearing that its record is settled.
    const script = `
      import { Worker } from 'node:worker_threads'
      const [, url, path, row] = process.argv
      const worker = new Worker(new URL(url), { workerData: { path }, execArgv: [] })
      worker.on('message', ({ settled }) => {
        if (settled) process.kill(process.pid, 'SIGKILL')
        else worker.postMessage({ settle: [row] })
      })`
    const record = usageRecord({ price: undefined, charge: undefined })
    const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script]
    const worker = new URL('./thread/worker.ts', import.meta.url).href
    const { signal } = spawnSync(process.execPath, [...flags, worker, path, encodeRecord(record)])
    expect(signal).toBe('SIGKILL')
    expect(readdirSync(join(path, '..'))).toContain('speka.db-wal')
    await using(path, async (store) => expect(await store.ledger.find(record.id)).toEqual(record))
  })
})

test('an open store does not keep the process alive', () => {
  const script = `
    const { openSqliteStore } = await import(process.argv[1])
    await openSqliteStore({ path: process.argv[2] })`
  execFileSync(
    process.execPath,
    [
      '--conditions=@speka/source',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      script,
    ].concat(new URL('./open-store.ts', import.meta.url).href, newPath()),
    { timeout: 60_000 },
  )
})

function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
}

async function using(path: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openSqliteStore({ path, foldWaitMs: Infinity })
  await work(store)
  await store.close()
}

/** What became of a promise: `kept`, or the error it was rejected with. */
const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'kept',
    (error: unknown) => error,
  )

async function expectRefusal(path: string, says: RegExp): Promise<void> {
  const crashes: SpekaError[] = []
  const error = await outcomeOf(openSqliteStore({ path, onCrash: (error) => crashes.push(error) }))
  expect(crashes).toEqual([])
  expect(SpekaError.is(error) && error.code).toBe('storage_unavailable')
  expect(error).toHaveProperty('message', expect.stringMatching(says))
  expect(error).toHaveProperty('message', expect.stringContaining(path))
}

/** How often it is looked whether a record is on disk, and how long between two looks, in ms. */
const LOOKS = 500
const LOOK_MS = 20

/** A relaxed store whose reads wait until what was settled before is on disk, as the suite expects of a store. */
async function openEagerly(options: SqliteStoreOptions): Promise<Store> {
  const store = await openSqliteStore(options)
  const { ledger } = store
  let last: string | undefined
  let isClosed = false

  /** Records reach the disk in the order in which they were settled. A store that is closed tells nothing more. */
  async function flushed(): Promise<void> {
    if (last === undefined || isClosed) return
    for (let look = 0; look < LOOKS; look += 1) {
      const found = await ledger.find(last).catch(() => {})
      if (found !== undefined) return
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  return {
    ...store,
    ledger: {
      ...ledger,
      async settle(record) {
        await ledger.settle(record)
        last = record.id
      },
      find: (id, keyId) => flushed().then(() => ledger.find(id, keyId)),
      totals: (query) => flushed().then(() => ledger.totals(query)),
      faults: (query) => flushed().then(() => ledger.faults(query)),
      times: (query) => flushed().then(() => ledger.times(query)),
      billed: (query) => flushed().then(() => ledger.billed(query)),
      billedMonths: (account, withoutKeys) => flushed().then(() => ledger.billedMonths(account, withoutKeys)),
      requests: (filter, cursor, limit) => flushed().then(() => ledger.requests(filter, cursor, limit)),
      folding: () => flushed().then(() => ledger.folding()),
      checkSums: () => flushed().then(() => ledger.checkSums()),
      rebuildSums: () => flushed().then(() => ledger.rebuildSums()),
      owners: () => flushed().then(() => ledger.owners()),
      verify: () => flushed().then(() => ledger.verify()),
    },
    budgets: { ...store.budgets, standing: (budgets) => flushed().then(() => store.budgets.standing(budgets)) },
    close() {
      isClosed = true
      return store.close()
    },
  }
}
