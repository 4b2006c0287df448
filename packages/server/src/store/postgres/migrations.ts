import { SCHEMA, type Database } from './database.ts'
import { failureOf, Refusal } from './postgres-failure.ts'
import { statement, type Session } from './session.ts'
import { alertTables } from './tables/alerts.ts'
import { budgetTables } from './tables/budgets.ts'
import { invoiceTables } from './tables/invoices.ts'
import { ledgerTables } from './tables/ledger.ts'
import { projectionTables } from './tables/projections.ts'
import { replicaTables } from './tables/replicas.ts'
import { rateTables } from './tables/rates.ts'
import { registryTables } from './tables/registry.ts'
import { replyTables } from './tables/replies.ts'
import { responseTables } from './tables/responses.ts'
import { signInTables } from './tables/sign-in-codes.ts'

/** One step from one layout of the tables to the next. A step that has been released never changes: add another. */
export interface Migration {
  readonly sql: string
  /**
   * Which versions of the program may go on beside it, by how many steps they know: those that were there before a step that only adds
   * may, so that a new version is rolled out replica by replica. What they need is taken away by a later step.
   */
  readonly runsBeside: number
}

export const migrations: readonly Migration[] = [
  {
    sql: [
      ledgerTables,
      registryTables,
      budgetTables,
      projectionTables,
      invoiceTables,
      alertTables,
      signInTables,
      replyTables,
      replicaTables,
      rateTables,
    ].join('\n'),
    runsBeside: 1,
  },
  { sql: responseTables, runsBeside: 1 },
]

/** All who bring tables up to date take it, whatever version they are: "speka" in ASCII. */
const MIGRATION_LOCK = 0x73_70_65_6b_61

const LOCK = statement('SELECT pg_advisory_xact_lock($1)')
const HAS_VERSION = statement(`
  SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = '${SCHEMA}' AND tablename = 'schema_version') AS there`)
const VERSION = statement('SELECT version, runs_beside FROM schema_version')
const NOTE_VERSION = statement('UPDATE schema_version SET version = $1, runs_beside = $2')

const FIRST = `
  CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
  CREATE TABLE ${SCHEMA}.schema_version (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version     integer NOT NULL, -- how many steps it has taken
    runs_beside integer NOT NULL  -- a program that knows fewer must not use it
  );
  INSERT INTO ${SCHEMA}.schema_version (version, runs_beside) VALUES (0, 0);
`

/**
 * Takes the steps a database has not taken yet, all or none. Of several processes that try at once one does the work, and the others
 * find it done.
 *
 * @throws Refusal `newer` when a later program has written it that this one cannot go beside.
 */
export const migrate = (database: Database, steps: readonly Migration[] = migrations): Promise<void> =>
  database.transact(async (session) => {
    await session.run(LOCK, [MIGRATION_LOCK])
    if (!(await isThere(session))) await made(() => session.script(FIRST))
    const taken = await made(() => versionOf(session, steps.length))
    if (taken >= steps.length) return
    for (const { sql } of steps.slice(taken)) await made(() => session.script(sql))
    await session.run(NOTE_VERSION, [steps.length, Math.max(...steps.slice(taken).map((step) => step.runsBeside))])
  })

/** What is wrong with the tables that are there is told by what it is: somebody else has made, or changed, them. */
async function made<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (failureOf(error).kind !== 'other' || !(error instanceof Error)) throw error
    throw new Refusal(
      'foreign',
      `its schema ${SCHEMA} is not as Speka makes it: ${error.message}. Give SPEKA_DATABASE_URL a database whose schema ` +
        `${SCHEMA} is Speka's alone.`,
    )
  }
}

/** Whether the tables are there and up to date, without making them. */
export async function isMigrated(database: Database, steps: readonly Migration[] = migrations): Promise<boolean> {
  return database.transact(async (session) => {
    if (!(await isThere(session))) return false
    return (await versionOf(session, steps.length)) >= steps.length
  })
}

/** Whether there are tables at all, of whatever version. */
export const hasTables = (database: Database): Promise<boolean> => database.transact(isThere)

const isThere = async (session: Session): Promise<boolean> =>
  (await session.run(HAS_VERSION)).rows[0]?.['there'] === true

async function versionOf(session: Session, known: number): Promise<number> {
  const { rows } = await session.run(VERSION)
  const [version, runsBeside] = [Number(rows[0]?.['version']), Number(rows[0]?.['runs_beside'])]
  if (runsBeside > known)
    throw new Refusal('newer', `it has version ${version}, which programs that know ${known} steps must not use`)
  return version
}
