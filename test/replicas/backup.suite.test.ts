import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSpeka } from '../support/run-speka.ts'
import { findProgram } from '../support/services/find-program.ts'
import { newDatabase, type NewDatabase } from '../support/services/new-database.ts'
import { postgresProgram } from '../support/services/postgres.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'

const SPEKA_KEY_PEPPER = 'a pepper that is kept apart from the dump'

let original: NewDatabase
let restored: NewDatabase
const gateways: Gateway[] = []
beforeEach(async () => {
  original = await newDatabase()
  restored = await newDatabase()
})
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close()
  await original.drop()
  await restored.drop()
})

const folder = () => mkdtempSync(join(tmpdir(), 'speka-'))
const environment = ({ url }: NewDatabase) => ({ SPEKA_DATABASE_URL: url, SPEKA_KEY_PEPPER })

async function start(on: NewDatabase): Promise<Gateway> {
  const gateway = await spawnGateway({}, { env: environment(on) })
  gateways.push(gateway)
  return gateway
}

async function speka(on: NewDatabase, command: string): Promise<string> {
  const { code, out, error } = await runSpeka(command, { ...environment(on), SPEKA_DATA_DIR: folder() })
  if (code !== 0) throw new Error(`speka ${command} ends with ${code}: ${error}${out}`)
  return out
}

async function statusOf({ baseURL }: Gateway, key: string): Promise<number> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  await response.text()
  return response.status
}

/** As an operator types it. */
function run(name: string, args: readonly string[]): void {
  const program = findProgram(postgresProgram(name))
  if (program === undefined) throw new Error(`${name} is not installed`)
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
}

test('a dump that is made while requests are answered is restored whole, and a gateway goes on with it', async () => {
  const gateway = await start(original)
  const made = JSON.parse(await speka(original, 'keys create --name team --json')) as { id: string; key: string }
  const gone = JSON.parse(await speka(original, 'keys create --name gone --json')) as { id: string; key: string }
  for (let asked = 0; asked < 5; asked += 1) expect(await statusOf(gateway, made.key)).toBe(200)
  await speka(original, `keys revoke ${gone.id}`)

  const dump = join(folder(), 'speka.dump')
  const load = { isOver: false }
  const asking = (async () => {
    while (!load.isOver) await statusOf(gateway, made.key)
  })()
  run('pg_dump', ['--format=custom', '--schema=speka', `--file=${dump}`, original.url])
  load.isOver = true
  await asking
  await gateway.stop()
  run('pg_restore', [`--dbname=${restored.url}`, dump])

  const rows = Number(/(\d+) rows? as/.exec(await speka(restored, 'ledger verify'))?.[1])
  expect(rows).toBeGreaterThanOrEqual(5)
  await speka(restored, 'audit --verify')
  const again = await start(restored)
  expect([await statusOf(again, made.key), await statusOf(again, gone.key)]).toEqual([200, 401])
  expect(await speka(restored, 'ledger verify')).toContain(`${rows + 1} rows as they were written`)
  const usage = JSON.parse(await speka(restored, 'usage --by key --json')) as { key: string; requests: number }[]
  expect(usage).toMatchObject([{ requests: rows + 1 }])
})

test('what may not be changed in the original may not be changed in what was restored', async () => {
  const gateway = await start(original)
  const { key } = JSON.parse(await speka(original, 'keys create --name team --json')) as { key: string }
  expect(await statusOf(gateway, key)).toBe(200)
  await gateway.stop()
  const dump = join(folder(), 'speka.dump')
  run('pg_dump', ['--format=custom', '--schema=speka', `--file=${dump}`, original.url])
  run('pg_restore', [`--dbname=${restored.url}`, dump])
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: restored.url })
  await client.connect()
  try {
    for (const table of ['usage_record', 'audit'])
      await expect(client.query(`DELETE FROM speka.${table}`)).rejects.toThrow('append-only')
  } finally {
    await client.end()
  }
})
