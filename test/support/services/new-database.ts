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
export const newDatabase = (): Promise<NewDatabase> => makeDatabase('template1')

/** Databases that begin as one that was prepared once, which is quicker than to prepare each. */
export interface DatabaseTemplate {
  copy(): Promise<NewDatabase>
  /** Drops what the others were copied from. */
  drop(): Promise<void>
}

/** @param prepare makes of an empty database what all copies begin with, and leaves nobody connected to it. */
export function databaseTemplate(prepare: (url: string) => Promise<void>): DatabaseTemplate {
  let template: Promise<NewDatabase> | undefined
  async function make(): Promise<NewDatabase> {
    const made = await newDatabase()
    await prepare(made.url)
    return made
  }
  return {
    async copy() {
      const { url } = await (template ??= make())
      return makeDatabase(new URL(url).pathname.slice(1))
    },
    drop: async () => (await template)?.drop(),
  }
}

async function makeDatabase(template: string): Promise<NewDatabase> {
  const server = new URL(process.env[POSTGRES] ?? '')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
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
