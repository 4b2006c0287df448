import { spawnSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { eventually } from './support/eventually.ts'
import { sayHello, startScriptedUpstream, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

let upstream: ScriptedUpstream
let gateway: Gateway | undefined

beforeAll(async () => {
  upstream = await startScriptedUpstream(sayHello)
})

beforeEach(() => upstream.clear())
afterEach(() => gateway?.close())
afterAll(() => upstream?.close())

const config = (): object => ({
  providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
  models: { 'scripted/*': { targets: [{ provider: 'scripted' }], price: { input: '1', output: '2' } } },
})

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

async function ask({ baseURL, key }: Gateway, stream = false): Promise<Answer> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'scripted/echo', messages: [{ role: 'user', content: 'Hi' }], stream }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

async function readiness({ origin }: Gateway): Promise<number> {
  const response = await fetch(`${origin}/readyz`, { headers: { connection: 'close' } })
  await response.body?.cancel()
  return response.status
}

/** Whether all workers say so: a connection may come to any of them. */
function everywhere(of: Gateway, wanted: number): () => Promise<boolean> {
  let inARow = 0
  return async () => {
    inARow = (await readiness(of)) === wanted ? inARow + 1 : 0
    return inARow === 20
  }
}

const isUnready = (of: Gateway) => async () => (await readiness(of)) === 503

/** A refusal at the door: told to come back, not told where the ledger is, and nothing was sent upstream for it. */
async function expectRefusals(of: Gateway): Promise<void> {
  const before = upstream.seen.length
  for (const stream of [true, false, true, false]) {
    const { status, headers, text } = await ask(of, stream)
    expect({ status, text }).toEqual({ status: 503, text: expect.stringContaining('"code":"storage_unavailable"') })
    expect(headers.get('retry-after')).toBe('1')
    expect(headers.get('x-should-retry')).toBe('true')
    expect(text).not.toContain(of.data)
    expect(text).not.toContain('sqlite')
  }
  expect(upstream.seen).toHaveLength(before)
}

async function expectGoingOn(of: Gateway): Promise<void> {
  const readyEverywhere = everywhere(of, 200)
  await eventually(readyEverywhere, 'it is ready again')
  const { status, headers } = await ask(of)
  expect(status).toBe(200)
  const found = await fetch(`${of.baseURL}/generation?id=${headers.get('x-request-id')}`, {
    headers: { authorization: `Bearer ${of.key}`, connection: 'close' },
  })
  expect(found.status).toBe(200)
}

test('with its ledger locked a gateway pays for what was under way, then refuses until it is free again', async () => {
  gateway = await spawnGateway(config())
  const other = new DatabaseSync(join(gateway.data, 'speka.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  const first = await ask(gateway, true)
  expect(first.text).toContain('"code":"storage_unavailable"')
  expect(first.text).not.toContain('[DONE]')
  expect(first.text).not.toContain(gateway.data)
  expect(await readiness(gateway)).toBe(503)
  await expectRefusals(gateway)
  expect(upstream.seen).toHaveLength(1)
  other.exec('ROLLBACK')
  other.close()
  await expectGoingOn(gateway)
  expect(
    gateway.logs().match(/requests cannot be recorded, and are refused: The database \S+ is locked/g),
  ).toHaveLength(1)
  expect(gateway.logs()).toContain('requests can be recorded again')
})

test('with its ledger moved away every worker refuses, and goes on when it is back', async () => {
  gateway = await spawnGateway(config(), { args: ['--workers', '2'] })
  const running = gateway
  await eventually(() => running.logs().includes('is listening'), 'it listens')
  const file = join(gateway.data, 'speka.sqlite')
  renameSync(file, `${file}.away`)
  const unreadyEverywhere = everywhere(running, 503)
  await eventually(unreadyEverywhere, 'both are unready')
  await expectRefusals(gateway)
  expect(upstream.seen).toHaveLength(0)
  expect(gateway.logs()).toContain('was moved, deleted or replaced while it was open')
  renameSync(`${file}.away`, file)
  await expectGoingOn(gateway)
})

/** A disk of 4 MiB, where the system lets this user have one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'speka-disk-'))
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0 ? folder : undefined
}

const disk = process.platform === 'linux' && process.getuid?.() === 0 ? smallDisk() : undefined
afterAll(() => {
  if (disk !== undefined) spawnSync('umount', ['-l', disk])
})

const onSmallDisk = disk === undefined ? test.skip : test

onSmallDisk('with its disk full a gateway refuses until there is room', async () => {
  const data = join(disk ?? '', 'data')
  gateway = await spawnGateway(config(), { args: ['--data', data] })
  const running = { ...gateway, data }
  const filler = join(disk ?? '', 'filler')
  for (let size = 4 << 20; size >= 1; size >>= 1) spawnSync('sh', ['-c', `head -c ${size} /dev/zero >> ${filler}`])
  const full = async (): Promise<boolean> => (await ask(running)).status === 503 && isUnready(running)()
  await eventually(full, 'it finds the disk full')
  await expectRefusals(running)
  expect(gateway.logs()).toContain('There is no room left for the database')
  writeFileSync(filler, '')
  await expectGoingOn(running)
  rmSync(filler)
})
