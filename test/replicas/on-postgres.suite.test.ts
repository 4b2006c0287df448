import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { eventually } from '../support/eventually.ts'
import { runSpeka } from '../support/run-speka.ts'
import { newDatabase, type NewDatabase } from '../support/services/new-database.ts'
import { startRedis } from '../support/services/redis.ts'
import { fromSource, node, spawnGateway, type Gateway } from '../support/spawn-gateway.ts'

const SPEKA_KEY_PEPPER = 'a pepper that all replicas have'

let made: NewDatabase
const gateways: Gateway[] = []
const folder = () => mkdtempSync(join(tmpdir(), 'speka-'))

beforeEach(async () => {
  made = await newDatabase()
})
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close()
  await made.drop()
})

const environment = () => ({ SPEKA_DATABASE_URL: made.url, SPEKA_KEY_PEPPER, SPEKA_LOG_LEVEL: 'info' })

async function start(config: object = {}, args: readonly string[] = []): Promise<Gateway> {
  const gateway = await spawnGateway(config, { env: environment(), args })
  gateways.push(gateway)
  return gateway
}

/** Runs a command on the same database, as an operator would on a machine of his own. */
async function speka(command: string): Promise<string> {
  const { code, out, error } = await runSpeka(command, { ...environment(), SPEKA_DATA_DIR: folder() })
  if (code !== 0) throw new Error(error)
  return out
}

/** One that had just been given to a worker when it was killed is never answered. */
const ANSWERED_WITHIN_MS = 20_000

const ask = ({ baseURL }: Gateway, key: string): Promise<Response> =>
  fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }),
  })

const statusOf = async (gateway: Gateway, key: string): Promise<number> => {
  const response = await ask(gateway, key)
  await response.text()
  return response.status
}

/** The processes whose parent it is. */
const workersOf = (gateway: Gateway): number[] =>
  readFileSync(`/proc/${gateway.pid()}/task/${gateway.pid()}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

/** What the database says, read by plain SQL. */
async function read(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: made.url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** What a start that is refused says. */
function refusedStart(env: Record<string, string>): string {
  const { status, stderr } = spawnSync(node, [...fromSource, 'start', '--port', '0', '--data', folder()], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  expect(status).toBe(1)
  return stderr
}

test('a key made by command is answered, billed, kept over a restart, and refused once it is revoked', async () => {
  const gateway = await start()
  const { id, key } = JSON.parse(await speka('keys create --name team --json')) as { id: string; key: string }
  expect(await statusOf(gateway, key)).toBe(200)
  const usage = JSON.parse(await speka('usage --by key --json')) as { key: string; requests: number }[]
  expect(JSON.stringify(usage)).toContain(id)

  await gateway.restart()
  expect(await statusOf(gateway, key)).toBe(200)
  expect(await speka('ledger verify')).toContain('2 rows as they were written')

  await speka(`keys revoke ${id}`)
  while ((await statusOf(gateway, key)) === 200);
  expect(await statusOf(gateway, key)).toBe(401)
})

test('another replica serves the same keys, and tells where its configuration differs', async () => {
  const one = await start()
  const two = await start({ aliases: { fast: 'speka/sandbox' } })
  const { key } = JSON.parse(await speka('keys create --name team --json')) as { key: string }
  expect([await statusOf(one, key), await statusOf(two, key)]).toEqual([200, 200])
  expect(two.logs()).toMatch(/runs by another configuration than this one: .*aliases.* differ/)
  const system = await fetch(`${two.adminOrigin}/api/v1/system`, {
    headers: { authorization: `Bearer ${two.adminToken}` },
  })
  const facts: unknown = await system.json()
  expect(facts).toMatchObject({ storage: { kind: 'postgres' }, replicas: [{}, {}] })
  expect(JSON.stringify(facts)).not.toContain('pepper')
})

test('one with another pepper is refused', async () => {
  await start()
  await speka('keys create --name team')
  expect(refusedStart({ ...environment(), SPEKA_KEY_PEPPER: 'another' })).toMatch(
    /made with another pepper.*Set SPEKA_KEY_PEPPER to the same everywhere/,
  )
})

test('several workers are replicas, and an end of one is told', async () => {
  const gateway = await start({}, ['--workers', '2'])
  const { key } = JSON.parse(await speka('keys create --name team --json')) as { key: string }
  for (let asked = 0; asked < 8; asked += 1) expect(await statusOf(gateway, key)).toBe(200)
  expect(await speka('ledger verify')).toContain('8 rows as they were written')
})

test('a worker that is killed under load is replaced, and loses and doubles nothing', async () => {
  const gateway = await start({}, ['--workers', '2'])
  const { key } = JSON.parse(await speka('keys create --name team --json')) as { key: string }
  const answered: string[] = []
  const load = { isOver: false }
  const callers = Array.from({ length: 4 }, async () => {
    while (!load.isOver) {
      const response = await ask(gateway, key).catch(() => undefined)
      // A whole answer, which has its record; one that broke off may have one.
      const text = await response?.text().catch(() => undefined)
      if (response?.status === 200 && text?.endsWith('}') === true)
        answered.push(response.headers.get('x-request-id') ?? '')
    }
  })
  await eventually(() => answered.length > 20, 'requests are answered')
  const [victim = 0] = workersOf(gateway)
  process.kill(victim, 'SIGKILL')
  await eventually(() => workersOf(gateway).length === 2 && !workersOf(gateway).includes(victim), 'it is replaced')
  const after = answered.length
  await eventually(() => answered.length > after + 20, 'requests are answered')
  load.isOver = true
  await Promise.all(callers)
  const alive = "SELECT pid FROM speka.owner WHERE state = 'alive'"
  await eventually(async () => !(await read(alive)).some(({ pid }) => pid === victim), 'its end is written down')
  const ids = (await read('SELECT id FROM speka.usage_record')).map(({ id }) => String(id))
  expect(answered.filter((id) => !ids.includes(id))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
  expect(await speka('ledger verify')).toContain(`${ids.length} rows as they were written`)
})

test('what one machine had is copied, and told to be the same in both', async () => {
  const SPEKA_DATA_DIR = folder()
  const before = { SPEKA_DATA_DIR, SPEKA_KEY_PEPPER }
  const created = await runSpeka('keys create --name team --json', before)
  const { key } = JSON.parse(created.out) as { key: string }
  const from = `sqlite:${SPEKA_DATA_DIR}`
  const copied = await runSpeka(['db', 'copy', '--from', from, '--to', made.url], before)
  expect(copied).toMatchObject({ code: 0, out: expect.stringContaining('are as they were written, in both.') })
  const again = await runSpeka(['db', 'copy', '--from', from, '--to', made.url], before)
  expect(again).toMatchObject({ code: 1, error: expect.stringContaining('is not empty') })
  expect(await statusOf(await start(), key)).toBe(200)
})

test('the doctor and the system page tell of the Redis beside it, and that it is gone', async () => {
  const redis = await startRedis()
  const env = { ...environment(), SPEKA_REDIS_URL: redis.url }
  try {
    const gateway = await spawnGateway({}, { env })
    gateways.push(gateway)
    const system = async () => {
      const headers = { authorization: `Bearer ${gateway.adminToken}` }
      const answer = await fetch(`${gateway.adminOrigin}/api/v1/system`, { headers })
      return ((await answer.json()) as { redis: { version: string | null } | null }).redis
    }
    const version = expect.stringMatching(/^(Redis|Valkey) \d/)
    expect(await system()).toEqual({ place: `${redis.url}/0`, version, reached_by: 1 })
    const doctor = () => runSpeka('doctor', { ...env, SPEKA_DATA_DIR: folder() })
    expect((await doctor()).out).toMatch(/ok\s+redis\s+redis:\/\/\S+, (Redis|Valkey) \d/)

    await redis.kill()
    await eventually(async () => (await system())?.version === null, 'it is seen to be gone')
    expect(await system()).toEqual({ place: `${redis.url}/0`, version: null, reached_by: 0 })
    const { code, out } = await doctor()
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/WRONG\s+redis\s+Redis redis:\/\/\S+ is not used: it cannot be reached/),
    ])
  } finally {
    await redis.stop()
  }
})

test('tables are made without a start, and the doctor tells what there is', async () => {
  expect(await speka('doctor')).toMatch(/note\s+store\s+none at postgres:/)
  expect(await speka('db migrate')).toContain('are up to date.')
  expect(await speka('doctor')).toMatch(/ok\s+store\s+postgres:\/\/\S+, PostgreSQL \d+, /)
})
