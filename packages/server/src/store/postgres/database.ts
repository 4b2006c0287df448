import type pg from 'pg'
import type { PostgresAddress, PostgresHost } from './address.ts'
import { failureOf, isToBeRepeated, Refusal } from './postgres-failure.ts'
import { sessionOf, type Result, type Session, type Statement, type Value } from './session.ts'

/** The schema that all tables are in, so that a database may be shared with something else. */
export const SCHEMA = 'speka'

export interface DatabaseOptions {
  readonly driver: typeof pg
  readonly address: PostgresAddress
  /** How many connections at the most. Default: as the address says. */
  readonly connections?: number | undefined
  /** What of a connection it is, as `pg_stat_activity` shows it. @default 'speka' */
  readonly purpose?: string | undefined
  /** How long one statement may take, in ms; 0: as long as it needs. @default 30000 */
  readonly statementMs?: number | undefined
}

/** Connections to the database that takes writes, wherever that is at the moment. */
export interface Database {
  /** The URL without its password. */
  readonly name: string
  /** One statement, which is a transaction of its own. */
  run(statement: Statement, values?: readonly Value[]): Promise<Result>
  /**
   * Carries out `work` in a transaction: all of it, or nothing. What fails since others did the same at once is carried out again, so
   * `work` leaves nothing behind but in the database. Where the connection breaks at the end, nobody knows what became of it.
   */
  transact<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** A connection for one alone, from its first use on; the next use makes a new one where it was lost. */
  lane(options: LaneOptions): Lane
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

export interface LaneOptions {
  /** What it is for, as `pg_stat_activity` shows it. */
  readonly purpose: string
  /** How long a statement may take, in ms; after twice as long the connection is given up. @default 5000 */
  readonly statementMs?: number | undefined
  /** Carried out with each new connection, before it is used. */
  readonly onConnect?: ((client: pg.ClientBase) => Promise<void>) | undefined
  /** Told when a connection that was in use or idle is gone. */
  readonly onLost?: ((error: unknown) => void) | undefined
}

/** One connection, used by one thing at a time: whoever comes while it is in use waits. */
export interface Lane {
  run(statement: Statement, values?: readonly Value[]): Promise<Result>
  transact<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Makes the connection, unless it is there. */
  connect(): Promise<void>
  /** Gives the connection up at once, whatever is under way on it: that fails. */
  drop(why: string): void
  close(): Promise<void>
}

/** How long to wait for a connection, in ms: less than a caller waits for an answer. */
const CONNECT_MS = 3000
/** After how long without a word a connection is asked whether it is there, in ms. */
const KEEP_ALIVE_MS = 5000
/** How long a statement waits for somebody else's lock, in ms. */
const LOCK_MS = 5000
const STATEMENT_MS = 30_000
const LANE_STATEMENT_MS = 5000
/** How often a transaction is tried that others were in the way of. */
const TRIES = 5
/** How long an idle connection is kept, in ms. */
const IDLE_MS = 60_000

/** Opens nothing yet: the first who asks does. */
export function openDatabase(options: DatabaseOptions): Database {
  const { driver, address, purpose = 'speka', statementMs = STATEMENT_MS } = options
  /** Which of the hosts took writes last. */
  let primary = 0
  let pool: pg.Pool | undefined
  let lanes = 0
  let isClosed = false

  const configOf = ({ host, port }: PostgresHost, what: string, limitMs: number): pg.ClientConfig => ({
    host,
    port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: address.ssl,
    application_name: what,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    ...(limitMs > 0 && { query_timeout: 2 * limitMs }),
  })

  async function prepare(client: pg.ClientBase, limitMs: number): Promise<void> {
    await client.query(
      `SET search_path TO ${SCHEMA}; SET statement_timeout TO ${limitMs}; SET lock_timeout TO ${LOCK_MS};
       SET idle_in_transaction_session_timeout TO ${Math.max(2 * limitMs, STATEMENT_MS)}; SET timezone TO 'UTC'`,
    )
    const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
    if (rows[0]?.standby === true) throw new Refusal('denied', 'it is a standby, which takes no writes')
  }

  /** Tries each host, beginning with the one that took writes last. @throws What was wrong with the last one. */
  async function withPrimary<T>(connect: (host: PostgresHost) => Promise<T>): Promise<T> {
    const { hosts } = address
    for (let tried = 0; ; tried += 1) {
      const at = (primary + tried) % hosts.length
      const host = hosts[at]
      if (host === undefined) throw new Refusal('unreachable', 'no host is known')
      try {
        const connected = await connect(host)
        primary = at
        return connected
      } catch (error) {
        if (tried + 1 >= hosts.length) throw error
      }
    }
  }

  function poolOf(host: PostgresHost): pg.Pool {
    const made = new driver.Pool({
      ...configOf(host, purpose, statementMs),
      max: Math.max(2, (options.connections ?? address.connections) - lanes),
      idleTimeoutMillis: IDLE_MS,
      onConnect(client: pg.ClientBase) {
        // The pool itself listens to those that are idle alone: one that is lost between two statements of a transaction would end the process.
        client.on('error', () => {})
        return prepare(client, statementMs)
      },
    } as pg.PoolConfig)
    // One that was idle is gone: the next who asks gets another.
    made.on('error', () => {})
    return made
  }

  async function acquire(): Promise<pg.PoolClient> {
    if (isClosed) throw new Refusal('unreachable', 'it is closed')
    return withPrimary(async (host) => {
      const used = (pool ??= poolOf(host))
      try {
        return await used.connect()
      } catch (error) {
        // Of several that fail at once, the first ends it: a pool that is ended twice rejects, and nobody would hear that.
        if (pool === used) {
          pool = undefined
          void used.end()
        }
        throw error
      }
    })
  }

  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await acquire()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(isLost(error))
      throw error
    }
  }

  return {
    name: address.name,
    run: (statement, values) => withClient((client) => sessionOf(client).run(statement, values)),
    transact: (work) => repeated(() => withClient((client) => transactOn(client, work))),
    lane({ purpose: what, statementMs: limitMs = LANE_STATEMENT_MS, onConnect, onLost }) {
      lanes += 1
      const connect = () =>
        withPrimary(async (host) => {
          const client = new driver.Client(configOf(host, `${purpose} ${what}`, limitMs))
          // Once it is given up, whatever else goes wrong with it is nobody's affair.
          client.on('error', () => {})
          try {
            await client.connect()
            await prepare(client, limitMs)
            await onConnect?.(client)
            return client
          } catch (error) {
            void client.end().catch(() => {})
            throw error
          }
        })
      return openLane(connect, onLost)
    },
    async close() {
      isClosed = true
      await pool?.end()
    },
  }
}

function openLane(connect: () => Promise<pg.Client>, onLost: ((error: unknown) => void) | undefined): Lane {
  let client: pg.Client | undefined
  let last: Promise<unknown> = Promise.resolve()

  function letGo(gone: pg.Client, error: unknown): void {
    if (client !== gone) return
    client = undefined
    void gone.end().catch(() => {})
    onLost?.(error)
  }

  async function connected(): Promise<pg.Client> {
    if (client !== undefined) return client
    const made = await connect()
    made.once('error', (error) => letGo(made, error))
    made.once('end', () => letGo(made, new Refusal('unreachable', 'the connection was closed')))
    client = made
    return made
  }

  function inTurn<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const turn = last.then(async () => {
      const used = await connected()
      try {
        return await work(used)
      } catch (error) {
        if (isLost(error)) letGo(used, error)
        throw error
      }
    })
    last = turn.catch(() => {})
    return turn
  }

  return {
    run: (statement, values) => inTurn((used) => sessionOf(used).run(statement, values)),
    transact: (work) => repeated(() => inTurn((used) => transactOn(used, work))),
    connect: () => inTurn(async () => {}),
    drop(why) {
      if (client !== undefined) letGo(client, new Refusal('unreachable', why))
    },
    async close() {
      await last
      const gone = client
      client = undefined
      await gone?.end().catch(() => {})
    },
  }
}

async function transactOn<T>(client: pg.ClientBase, work: (session: Session) => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work(sessionOf(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    // Where the connection is gone, the server does it by itself.
    if (!isLost(error)) await client.query('ROLLBACK')
    throw error
  }
}

async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (tried >= TRIES || !isToBeRepeated(error)) throw error
    }
  }
}

/** Whether a connection is of no use after this: nobody knows what it is in the middle of. */
const isLost = (error: unknown): boolean => {
  const { kind } = failureOf(error)
  return kind === 'unreachable'
}
