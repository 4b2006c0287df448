import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock, SpekaError } from '@speka/core'
import { backgroundClock } from '../availability.ts'
import type { Replica, ReplicaFacts, Replicas } from '../replicas.ts'
import type { Database } from './database.ts'
import { NOW } from './owner-life.ts'
import { statement, type Row } from './session.ts'

/** How often a replica says that it lives, in ms. */
const SEEN_MS = 5000

/** After how long without a word one is no longer listed, in ms. Money and rows are none of this: owners have those. */
const GONE_MS = 4 * SEEN_MS

const JOIN = statement(`
  INSERT INTO replica (id, host, pid, started_at, seen_at, version, configuration, connections)
  VALUES ($1, $2, $3, ${NOW}, ${NOW}, $4, $5, $6)
  ON CONFLICT (id) DO UPDATE SET seen_at = ${NOW}, version = $4, configuration = $5`)
const SEEN = statement(`UPDATE replica SET seen_at = ${NOW} WHERE id = $1`)
const LEAVE = statement(`DELETE FROM replica WHERE id = $1 OR seen_at < ${NOW} - 86400000`)
const ALIVE = statement(`SELECT * FROM replica WHERE seen_at >= ${NOW} - ${GONE_MS} ORDER BY started_at, id`)
const SURROUNDINGS = statement(`
  SELECT ${NOW} AS now,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true)::int, 0) AS most`)
const STANDING = statement(`
  SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('max_connections')::int AS most,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections`)
const MARK = statement(`SELECT mark FROM secret_mark WHERE name = 'pepper'`)
const KEEP_MARK = statement(`
  INSERT INTO secret_mark (name, mark) VALUES ('pepper', $1)
  ON CONFLICT (name) DO UPDATE SET mark = $1 WHERE secret_mark.mark = $2`)

export interface PostgresReplicasParts {
  readonly database: Database
  /** How many connections this process opens at the most. */
  readonly connections: number
  readonly errorOf: (error: unknown) => SpekaError
  readonly clock?: Pick<Clock, 'after'> | undefined
  readonly now?: (() => number) | undefined
}

/** Replicas by a row each, which is gone with the process or grows old. */
export function postgresReplicas(parts: PostgresReplicasParts): Replicas & { close(): Promise<void> } {
  const { database, connections, clock = backgroundClock, now = Date.now } = parts
  const id = randomUUID()
  let cancel: (() => void) | undefined
  let saying: Promise<void> | undefined
  let open = true

  async function asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw parts.errorOf(error)
    }
  }

  function sayLater(): void {
    cancel = clock.after(SEEN_MS, () => {
      // Where it fails, the next one says the same.
      saying = database.run(SEEN, [id]).then(
        () => {},
        () => {},
      )
      void saying.then(() => open && sayLater())
    })
  }

  const list = async (): Promise<Replica[]> => (await database.run(ALIVE)).rows.map((row) => replicaOf(row, id))
  const pepperMark = async (): Promise<string | undefined> => {
    const { rows } = await database.run(MARK)
    return rows[0] === undefined ? undefined : String(rows[0]['mark'])
  }

  return {
    join: ({ version, configuration }) =>
      asked(async () => {
        await database.run(JOIN, [id, hostname(), process.pid, version, JSON.stringify(configuration), connections])
        if (cancel === undefined) sayLater()
        const askedAt = now()
        const { rows } = await database.run(SURROUNDINGS)
        // What it said was true somewhere between question and answer.
        const here = (askedAt + now()) / 2
        return {
          replicas: await list(),
          clockAheadMs: Math.round(here - Number(rows[0]?.['now'])),
          mostConnections: Number(rows[0]?.['most']),
        }
      }),
    standing: () =>
      asked(async () => {
        const { rows } = await database.run(STANDING)
        return {
          version: `PostgreSQL ${String(rows[0]?.['version'])}`,
          connections: Number(rows[0]?.['connections']),
          mostConnections: Number(rows[0]?.['most']),
        }
      }),
    list: () => asked(list),
    pepperMark: () => asked(pepperMark),
    keepPepperMark: (mark, instead) =>
      asked(async () => {
        await database.run(KEEP_MARK, [mark, instead ?? null])
        return (await pepperMark()) ?? mark
      }),
    async close() {
      open = false
      cancel?.()
      await saying
      // Else it grows old.
      if (cancel !== undefined) await database.run(LEAVE, [id]).catch(() => {})
    },
  }
}

const replicaOf = (row: Row, self: string): Replica => ({
  host: String(row['host']),
  pid: Number(row['pid']),
  startedAt: Number(row['started_at']),
  version: String(row['version']),
  configuration: JSON.parse(String(row['configuration'])) as ReplicaFacts['configuration'],
  connections: Number(row['connections']),
  isSelf: row['id'] === self,
})
