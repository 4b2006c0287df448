import type { Database } from './database.ts'
import { Refusal } from './postgres-failure.ts'
import { statement, type Row } from './session.ts'

/** The oldest version that the statements were tried on. */
const OLDEST_VERSION = 14

const STANDING = statement(`
  SELECT current_setting('server_version_num')::int / 10000 AS version,
    current_setting('synchronous_commit') AS sync,
    current_setting('fsync') AS fsync,
    current_setting('max_connections')::int AS most,
    current_setting('transaction_read_only') AS read_only,
    current_setting('server_encoding') AS encoding`)

const BACKEND = statement('SELECT pg_backend_pid() AS pid')

/** What is known of a server that may be used. */
export interface ServerStanding {
  readonly version: number
  /** All connections that it takes, of everybody. */
  readonly mostConnections: number
}

/**
 * Looks whether a server keeps what the gateway promises: a version that is known, commits that wait for the disk, writes, and the
 * same backend from one statement to the next, which a pooler in transaction mode does not give.
 *
 * @throws Refusal `foreign` or `denied` that says what is wrong and what helps.
 */
export async function demandServer(database: Database): Promise<ServerStanding> {
  try {
    return await standingOf(database)
  } catch (error) {
    if (SHARED_STATEMENTS.has(String((error as { code?: unknown }).code))) throw new Refusal('foreign', POOLED)
    throw error
  }
}

/** duplicate_prepared_statement and invalid_sql_statement_name: a backend has, or lacks, what another connection prepared. */
const SHARED_STATEMENTS: ReadonlySet<string> = new Set(['42P05', '26000'])

async function standingOf(database: Database): Promise<ServerStanding> {
  const { rows } = await database.run(STANDING)
  const { version, sync, fsync, most, read_only: readOnly, encoding } = rows[0] as Row
  if (Number(version) < OLDEST_VERSION)
    throw new Refusal('foreign', `it is PostgreSQL ${String(version)}, and ${OLDEST_VERSION} or later is needed.`)
  if (sync === 'off')
    throw new Refusal(
      'foreign',
      'its synchronous_commit is off, so that a crash loses records that were answered for. Set synchronous_commit = on.',
    )
  if (fsync === 'off')
    throw new Refusal('foreign', 'its fsync is off, so that a loss of power damages it. Set fsync = on.')
  if (encoding !== 'UTF8')
    throw new Refusal('foreign', `its encoding is ${String(encoding)}. Make a database with ENCODING 'UTF8'.`)
  if (readOnly === 'on') throw new Refusal('denied', 'it takes no writes (transaction_read_only is on)')
  await demandOwnBackend(database)
  return { version: Number(version), mostConnections: Number(most) }
}

/**
 * A pooler in transaction mode gives its one idle backend to whoever asks next. So while one connection is in a transaction, on the backend
 * that the other had a moment ago, the other gets a new one.
 */
async function demandOwnBackend(database: Database): Promise<void> {
  const lanes = [database.lane({ purpose: 'start' }), database.lane({ purpose: 'start' })] as const
  const [one, other] = lanes
  const pid = async (): Promise<unknown> => (await one.run(BACKEND)).rows[0]?.['pid']
  try {
    const before = await pid()
    await other.transact(async (session) => {
      const theirs = (await session.run(BACKEND)).rows[0]?.['pid']
      if (theirs === before || (await pid()) !== before) throw new Refusal('foreign', POOLED)
    })
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()))
  }
}

const POOLED =
  'between it and the gateway stands a pooler in transaction mode, which breaks locks, notices and prepared statements. ' +
  'Give SPEKA_DATABASE_URL the direct address of the database, or a pool in session mode.'
