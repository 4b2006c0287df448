import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { usageRecord } from '../../packages/server/src/store/__fixtures__/usage-record.ts'
import { openSqliteStore } from '../../packages/server/src/store/sqlite/open-store.ts'
import { eventually } from '../support/eventually.ts'
import { runSpeka, type SpekaEnded } from '../support/run-speka.ts'
import { newDatabase, type NewDatabase } from '../support/services/new-database.ts'
import { fromSource, node } from '../support/spawn-gateway.ts'

const SPEKA_KEY_PEPPER = 'a pepper that all replicas have'
const RECORDS = 3
/** Whoever comes by this lock is held up: the test has it. */
const GATE = 7735

/** Where a copy is held up, in the words of the database. */
const places = {
  'rows are copied': 'TRIGGER gate BEFORE INSERT ON speka.usage_record FOR EACH STATEMENT',
  'all rows are there': 'TRIGGER gate BEFORE UPDATE ON speka.registry_version FOR EACH STATEMENT',
  'it commits': 'CONSTRAINT TRIGGER gate AFTER INSERT ON speka.audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW',
} as const

let made: NewDatabase
/** Plain SQL, on two connections: one holds what the other waits for. */
let sql: pg.Client
let other: pg.Client
let data: string
let copy: ChildProcess | undefined

beforeEach(async () => {
  made = await newDatabase()
  sql = new pg.Client({ connectionString: made.url })
  other = new pg.Client({ connectionString: made.url })
  await Promise.all([sql.connect(), other.connect()])
  data = await machine()
})
afterEach(async () => {
  copy?.kill('SIGKILL')
  await Promise.all([sql.end(), other.end()])
  await made.drop()
})

/** What one machine has: a key, and what was asked with it. */
async function machine(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'speka-'))
  const { code } = await runSpeka('keys create --name team', { SPEKA_DATA_DIR: folder, SPEKA_KEY_PEPPER })
  expect(code).toBe(0)
  const store = await openSqliteStore({ path: fileOf(folder) })
  for (let n = 1; n <= RECORDS; n += 1)
    await store.ledger.settle(usageRecord({ id: `019cec00-0000-7000-9000-${String(n).padStart(12, '0')}` }))
  await store.close()
  return folder
}

const fileOf = (folder: string): string => join(folder, 'speka.sqlite')

const environment = () => ({ SPEKA_DATA_DIR: data, SPEKA_KEY_PEPPER })
const shared = () => ({ ...environment(), SPEKA_DATA_DIR: join(data, 'another'), SPEKA_DATABASE_URL: made.url })
const copyAgain = (): Promise<SpekaEnded> =>
  runSpeka(['db', 'copy', '--from', `sqlite:${data}`, '--to', made.url, '--json'], environment())

/** Begins a copy in a process of its own, which comes no further than to a gate that is closed. */
async function copyUntil(place: keyof typeof places): Promise<ChildProcess> {
  expect(await runSpeka('db migrate', shared())).toMatchObject({ code: 0 })
  await sql.query(`
    CREATE FUNCTION speka.gate() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${GATE}); RETURN coalesce(new, old); END $$;
    CREATE ${places[place]} EXECUTE FUNCTION speka.gate();
    SELECT pg_advisory_lock(${GATE})`)
  const started = spawn(node, [...fromSource, 'db', 'copy', '--from', `sqlite:${data}`, '--to', made.url], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', ...environment() },
  })
  copy = started
  const waits = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${GATE} AND NOT granted AND ${HERE}`
  await eventually(async () => (await sql.query(waits)).rows.length > 0, 'it is held up')
  return started
}

const HERE = 'database = (SELECT oid FROM pg_database WHERE datname = current_database())'
const openGate = async (): Promise<void> => void (await sql.query(`SELECT pg_advisory_unlock(${GATE})`))

async function kill(process: ChildProcess): Promise<void> {
  const ended = once(process, 'exit')
  process.kill('SIGKILL')
  await ended
}

/** Resolves when the database has ended whatever a process had begun that is gone. */
function isOver(): Promise<void> {
  const busy = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'speka%'`
  return eventually(async () => (await sql.query(busy)).rows.length === 0, 'whatever it had begun is over')
}

/** Kills a copy once it is held up there. */
async function killWhen(place: keyof typeof places): Promise<void> {
  await kill(await copyUntil(place))
  await openGate()
  await isOver()
}

/** Kills one that has committed, and stands before a table that somebody else has taken. */
async function killAsItLooks(): Promise<void> {
  const process = await copyUntil('all rows are there')
  await other.query('BEGIN')
  const taken = other.query('LOCK TABLE speka.audit IN ACCESS EXCLUSIVE MODE')
  const waits = `SELECT 1 FROM pg_locks WHERE relation = 'speka.audit'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted`
  await eventually(async () => (await sql.query(waits)).rows.length > 0, 'it is next')
  await openGate()
  await taken
  await kill(process)
  await other.query('ROLLBACK')
  await isOver()
}

async function rowsThere(): Promise<readonly number[]> {
  const { rows } = await sql.query<Record<string, string>>(`
    SELECT (SELECT count(*) FROM speka.usage_record) AS records, (SELECT count(*) FROM speka.audit) AS changes,
      (SELECT count(*) FROM speka.registry WHERE kind = 'key') AS keys`)
  return Object.values(rows[0] ?? {}).map(Number)
}

/** What a store's own look at itself says. */
async function verdictOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const said = [await runSpeka('ledger verify', env), await runSpeka('audit --verify', env)]
  expect(said.map(({ code }) => code)).toEqual([0, 0])
  return said.map(({ out }) => out)
}

const ALL = [RECORDS, 1, 1]

describe('a copy that is killed', () => {
  test.each(['rows are copied', 'all rows are there'] as const)(
    'when %s leaves nothing, and is begun again',
    async (place) => {
      const before = readFileSync(fileOf(data))
      await killWhen(place)
      expect(await rowsThere()).toEqual([0, 0, 0])
      expect(readFileSync(fileOf(data)).equals(before)).toBe(true)

      const { code, out } = await copyAgain()
      expect(code).toBe(0)
      expect(JSON.parse(out)).toEqual({
        from: fileOf(data),
        to: expect.stringContaining('postgres://'),
        same: true,
        intact: true,
        usage_records: RECORDS,
        changes: 1,
        invoices: 0,
      })
      expect(await rowsThere()).toEqual(ALL)
      expect(await verdictOf(shared())).toEqual(await verdictOf(environment()))
    },
  )

  test.each([
    ['it commits', () => killWhen('it commits')],
    ['both are looked at', killAsItLooks],
  ])(
    'when %s has left all of it, with the pepper by which keys are recognised, and another is refused',
    async (_, killIt) => {
      const before = readFileSync(fileOf(data))
      await killIt()
      expect(await rowsThere()).toEqual(ALL)
      expect(readFileSync(fileOf(data)).equals(before)).toBe(true)

      expect(await copyAgain()).toMatchObject({
        code: 1,
        error: expect.stringMatching(/is not empty.*an earlier copy that was broken off.*all of it is there/),
      })
      expect(await verdictOf(shared())).toEqual(await verdictOf(environment()))
      expect(await runSpeka('keys create --name more', { ...shared(), SPEKA_KEY_PEPPER: 'another' })).toMatchObject({
        code: 1,
        error: expect.stringContaining('made with another pepper'),
      })
    },
  )
})
