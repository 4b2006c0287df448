import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { TestPostgres } from '../../test/support/services/postgres.ts'

/** A database of its own for one measure. */
export interface BenchDatabase {
  readonly url: string
  /** What plain SQL says, read by nothing of the code that is measured. */
  read(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Drops it, and whoever is still connected to it. */
  drop(): Promise<void>
}

export async function newDatabaseOn(postgres: TestPostgres): Promise<BenchDatabase> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`
  await run(postgres.url(), `CREATE DATABASE ${name}`)
  const url = postgres.url(name)
  return {
    url,
    read: (sql) => run(url, sql),
    drop: async () => void (await run(postgres.url(), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

async function run(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
