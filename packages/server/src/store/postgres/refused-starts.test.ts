import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { startPgBouncer } from '../../../../../test/support/services/pgbouncer.ts'
import { POSTGRES, startPostgres } from '../../../../../test/support/services/postgres.ts'
import { readPostgresUrl } from './address.ts'
import { partsOf } from './demand-tables.ts'
import { isPostgresStoreThere } from './is-there.ts'
import { migrations } from './migrations.ts'
import { openPostgresStore } from './open-store.ts'

const open = (url: string) => openPostgresStore({ address: readPostgresUrl(url) })
const refused = (message: RegExp) => ({
  code: 'storage_unavailable',
  message: expect.stringMatching(message),
})

const notInstalled = () => Promise.reject(new Error('Cannot find package pg'))

test('a driver that is not there is told with the line that installs it', async () => {
  const address = readPostgresUrl('postgres://speka:hush@127.0.0.1:1/speka')
  const says = refused(/driver is not installed.*npm install pg@8$/)
  await expect(openPostgresStore({ address, load: notInstalled })).rejects.toMatchObject(says)
  await expect(isPostgresStoreThere(address, notInstalled)).rejects.toMatchObject(says)
})

test('a database that does not answer is told without its password', async () => {
  const url = 'postgres://speka:hush@127.0.0.1:1,127.0.0.1:2/speka'
  const error: unknown = await open(url).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject(
    refused(/^The database postgres:\/\/127\.0\.0\.1:1,127\.0\.0\.1:2\/speka cannot be reached/),
  )
  expect(JSON.stringify(error) + String(error)).not.toContain('hush')
})

describeWithPostgres('a start on PostgreSQL', () => {
  let made: NewDatabase
  beforeEach(async () => {
    made = await newDatabase()
  })
  afterEach(async () => {
    await made.drop()
  })

  async function ask(sql: string, url = made.url): Promise<{ readonly name: string }[]> {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return (await client.query<{ name: string }>(sql).finally(() => client.end())).rows
  }

  async function run(sql: string, url = made.url): Promise<void> {
    await ask(sql, url)
  }

  test('through a pooler in transaction mode is refused, and in session mode is not', async () => {
    const name = new URL(made.url).pathname.slice(1)
    const server = process.env[POSTGRES] ?? ''
    const pooled = await startPgBouncer(server, 'transaction')
    const opening = open(pooled.url(name)).finally(() => pooled.stop())
    await expect(opening).rejects.toMatchObject(
      refused(/pooler in transaction mode.*Give SPEKA_DATABASE_URL the direct address/),
    )
    const whole = await startPgBouncer(server, 'session')
    await open(whole.url(name))
      .then((store) => store.close())
      .finally(() => whole.stop())
  })

  test('in a schema that somebody else has filled is refused', async () => {
    await run('CREATE SCHEMA speka; CREATE TABLE speka.owner (id int)')
    await expect(open(made.url)).rejects.toMatchObject(
      refused(/its schema speka is not as Speka makes it: relation "owner" already exists\. Give SPEKA_DATABASE_URL/),
    )
    await run('CREATE TABLE speka.schema_version (v int); INSERT INTO speka.schema_version VALUES (1)')
    await expect(open(made.url)).rejects.toMatchObject(refused(/column "version" does not exist/))
  })

  test('in one that a newer program has written is refused', async () => {
    await (await open(made.url)).close()
    await run('UPDATE speka.schema_version SET version = 900, runs_beside = 900')
    await expect(open(made.url)).rejects.toMatchObject(refused(/was written by a newer version of Speka\. Run that/))
  })

  test.each([
    {
      change: 'ALTER TABLE speka.lease DROP COLUMN held_pico',
      says: /the column lease\.held_pico is missing\. Restore it/,
    },
    { change: 'DROP TABLE speka.rate_member', says: /the column rate_member\.member is missing, and \d more\./ },
    {
      change: 'ALTER TABLE speka.usage_record DISABLE TRIGGER usage_record_is_never_changed',
      says: /the trigger usage_record_is_never_changed is missing/,
    },
  ])('in one that lacks something is refused: $change', async ({ change, says }) => {
    await (await open(made.url)).close()
    await run(change)
    await expect(open(made.url)).rejects.toMatchObject(refused(says))
  })

  test('looks for each column that there is', async () => {
    await (await open(made.url)).close()
    const columns = await ask(`
      SELECT table_name || '.' || column_name AS name FROM information_schema.columns
      WHERE table_schema = 'speka' AND table_name <> 'schema_version' AND table_name NOT LIKE 'usage_record_%'`)
    const looked = partsOf(migrations.map(({ sql }) => sql).join('\n'))
    expect(looked.filter((part) => part.startsWith('column ')).toSorted()).toEqual(
      columns.map(({ name }) => `column ${name}`).toSorted(),
    )
    expect(looked).toContain('sequence reply_kept')
    expect(looked).toContain('function refuse_change')
  })

  test('in one to which a newer program has added something is not refused', async () => {
    await (await open(made.url)).close()
    await run('ALTER TABLE speka.lease ADD COLUMN more text; CREATE TABLE speka.further (id int)')
    await (await open(made.url)).close()
  })

  test('without the right to make tables is refused', async () => {
    const name = new URL(made.url).pathname.slice(1)
    const user = `u${name}`
    await run(`CREATE ROLE ${user} LOGIN`)
    const url = new URL(made.url)
    url.username = user
    await expect(open(url.href)).rejects.toMatchObject(refused(/permission denied for database/))
    await run(`DROP ROLE ${user}`)
  })

  test('on a standby is refused; named beside its primary it is passed over', async () => {
    const standby = await startPostgres()
    await run(`COPY (SELECT 1) TO PROGRAM 'touch standby.signal'`, standby.url())
    await standby.kill()
    await standby.restart()
    await expect(open(standby.url())).rejects.toMatchObject(
      refused(/it is a standby, which takes no writes\. Look after/),
    )
    const { username, host, pathname } = new URL(made.url)
    const store = await open(`postgres://${username}@127.0.0.1:${standby.port},${host}${pathname}`)
    await store.close()
    await standby.stop()
  })

  test('where nothing may be written is refused', async () => {
    const name = new URL(made.url).pathname.slice(1)
    await run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    await expect(open(made.url)).rejects.toMatchObject(refused(/takes no writes \(transaction_read_only is on\)/))
  })

  test('in another encoding is refused', async () => {
    await run(`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`)
    const url = new URL(made.url)
    url.pathname = '/latin'
    await expect(open(url.href)).rejects.toMatchObject(
      refused(/its encoding is LATIN1\. Make a database with ENCODING/),
    )
    await run('DROP DATABASE latin WITH (FORCE)')
  })

  test('that is not there is refused', async () => {
    const url = new URL(made.url)
    url.pathname = '/nowhere'
    await expect(open(url.href)).rejects.toMatchObject(refused(/no such database: .*nowhere.*createdb/))
  })

  test('with commits that wait for no disk is refused', async () => {
    const name = new URL(made.url).pathname.slice(1)
    await run(`ALTER DATABASE ${name} SET synchronous_commit = off`)
    await expect(open(made.url)).rejects.toMatchObject(
      refused(/synchronous_commit is off.*Set synchronous_commit = on/),
    )
  })

  test('that has no connection left is refused', async () => {
    const small = await startPostgres({ settings: ['max_connections = 6', 'superuser_reserved_connections = 0'] })
    const { default: pg } = await import('pg')
    const held = Array.from({ length: 6 }, () => new pg.Client({ connectionString: small.url() }))
    await Promise.all(held.map((client) => client.connect()))
    await expect(open(small.url())).rejects.toMatchObject(
      refused(/cannot be reached.*too many clients.*max_connections/),
    )
    await Promise.all(held.map((client) => client.end()))
    await small.stop()
  })

  test('is there once it has been opened', async () => {
    const address = readPostgresUrl(made.url)
    expect(await isPostgresStoreThere(address)).toBe(false)
    await (await open(made.url)).close()
    expect(await isPostgresStoreThere(address)).toBe(true)
  })
})
