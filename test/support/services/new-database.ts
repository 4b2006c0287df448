import { randomUUID } from 'node:crypto'
import { POSTGRES } from './postgres.ts'

/** A database of its own for one test, on the PostgreSQL that the run has started. */
export interface NewDatabase {
  readonly url: string
  /** Drops it, and whoever is still connected to it. */
  drop(): Promise<void>
}

/** Runs tests that need a PostgreSQL, or says that they are skipped. */
export const describeWithPostgres: typeof describe =
  (process.env[POSTGRES] ?? '') === '' ? (describe.skip as typeof describe) : describe

/** @throws When the run has no PostgreSQL: {@link describeWithPostgres} looks before. */
export async function newDatabase(): Promise<NewDatabase> {
  const server = new URL(process.env[POSTGRES] ?? '')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function onServer(server: URL, sql: string): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
