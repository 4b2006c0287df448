import { readFile, writeFile } from 'node:fs/promises'
import { eventually } from './support/eventually.ts'
import { startLimitedServer, type LimitedServer } from './support/limited-server.ts'
import {
  delta,
  event,
  stream,
  streamEnd,
  streamHead,
  type SeenRequest,
  type Step,
} from './support/scripted-upstream.ts'
import { spawnGateway } from './support/spawn-gateway.ts'

const steppable = new URL('support/step-clock.mjs', import.meta.url).href

/** One process, whose wall clock can be stepped. */
let server: LimitedServer

beforeAll(async () => {
  server = await startLimitedServer(
    { plans: { tiny: { price_usd: '0', included_usd: '1', rpm: 600, keys: 2, overage: 'stop' } } },
    { env: { NODE_OPTIONS: `--import=${steppable}` } },
  )
})
afterAll(() => server?.close())

const keysThere = async (): Promise<string> => (await server.speka('keys list --json')).out
const limitsThere = async (): Promise<string> => (await server.speka('limits list --json')).out

async function atRest(key: string): Promise<void> {
  const nothingHeld = async (): Promise<boolean> => (await server.limits(key)).every(({ held }) => Number(held) === 0)
  await eventually(nothingHeld, 'nothing is held')
}

const HUGE = '9'.repeat(40)

describe('an amount that is none is refused by name, and nothing is changed', () => {
  const wholes = ['-1', '0', '1.5', '1000000001', HUGE, 'many', '1e3', ' ', 'NaN']
  const amounts: readonly (readonly [option: string, withKeys: string, values: readonly string[]])[] = [
    [
      'usd',
      'limit-usd',
      ['-5', '9000001', HUGE, '1e3', '0.0000000000001', 'much', '$5', '5,00', ' ', 'NaN', 'Infinity'],
    ],
    ...['rpm', 'rpd', 'tpm', 'max-parallel'].map((option) => [option, option, wholes] as const),
  ]

  test.each(amounts)('speka limits set --%s, and keys create with --%s', async (option, withKeys, values) => {
    const before = [await limitsThere(), await keysThere()]
    for (const value of values) {
      const set = await server.speka(['limits', 'set', `--${option}=${value}`])
      expect([value, set.code > 0, set.error]).toEqual([value, true, expect.stringContaining(`--${option}`)])
      const made = await server.speka(['keys', 'create', '--name', 'bad', `--${withKeys}=${value}`])
      expect([value, made.code > 0, made.error]).toEqual([value, true, expect.stringContaining(`--${withKeys}`)])
    }
    expect([await limitsThere(), await keysThere()]).toEqual(before)
  })

  test.each([
    [{ usd: -5 }],
    [{ usd: 5 }],
    [{ usd: '-5' }],
    [{ usd: HUGE }],
    [{ usd: null }],
    [{ rpm: 0 }],
    [{ rpm: -1 }],
    [{ rpm: 1.5 }],
    [{ rpm: '60' }],
    [{ rpm: 1e12 }],
    [{ tpm: true }],
    [{ max_parallel: [] }],
    [{ usd: '5', rpm: 5 }],
    [{}],
    [{ usd: '5', customer: 'a\u0001b' }],
    [{ rpm: 5, models: 'a\u001b[31m*' }],
    [{ usd: '5', window: 'hour' }],
    [{ usd: '5', window: 'DAY' }],
    [{ rpm: 5, window: 'day' }],
    [{ rpm: 5, on_reached: 'notify' }],
    [{ usd: '5', on_reached: 'fallback' }],
    [{ usd: '5', on_reached: 'explode' }],
    [{ usd: '5', subject: { key: 'key_that_is_not' } }],
    [{ usd: '5', subject: { each: 'request' } }],
    [{ usd: '5', subject: { team: 'a', tag: 'b' } }],
    [{ usd: '5', colour: 'blue' }],
  ])('POST /api/v1/limits %j', async (body) => {
    const { gateway } = server
    const before = await limitsThere()
    const response = await fetch(`${gateway.adminOrigin}/api/v1/limits`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect([400, 404, 409, 422]).toContain(response.status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await limitsThere()).toBe(before)
  })

  test('a configuration that says so is not started with, and told all that is wrong with it', async () => {
    const wrong: readonly (readonly [says: string, limit: object])[] = [
      ['usd: must be', { subject: { each: 'customer' }, usd: '-1' }],
      ['usd: must be', { subject: { each: 'customer' }, usd: 1.5 }],
      ['window: must be', { subject: { each: 'customer' }, usd: '1', window: 'fortnight' }],
      ['rpm: must be', { subject: { tag: 'a' }, rpm: 0.5 }],
      ['subject.each: must be', { subject: { each: 'request' }, rpm: 5 }],
      ['fallback: is missing: with on_reached fallback', { subject: { tag: 'a' }, usd: '1', on_reached: 'fallback' }],
    ]
    const config = { limits: wrong.map(([, limit]) => limit) }
    const failure = String(await spawnGateway(config).catch((error: unknown) => error))
    expect(failure).toContain('ended with 1')
    for (const [index, [says]] of wrong.entries()) expect(failure).toContain(`limits[${index}].${says}`)
  })
})

test.each(['hourly', 'yearly', 'month', 'DAILY', ' '])('a window that there is not, %s, is refused', async (window) => {
  const before = await limitsThere()
  const { code, error } = await server.speka(['limits', 'set', '--usd', '5', '--reset', window])
  expect(code).toBe(2)
  expect(error).toMatch(/--reset must be one of daily, weekly, monthly, never/)
  expect(await limitsThere()).toBe(before)
})

const idOf = (out: string): string => (JSON.parse(out) as { id: string }).id

test('more keys than a plan has are refused, and one that is revoked makes room', async () => {
  const account = idOf((await server.speka('accounts create --name few --plan tiny --json')).out)
  const create = (name: string) => server.speka(`keys create --name ${name} --account ${account} --json`)
  const first = await create('first')
  expect([first.code, (await create('second')).code]).toEqual([0, 0])
  const refused = await create('third')
  expect(refused.code).toBeGreaterThan(0)
  expect(refused.error).toMatch(/tiny/)
  expect(refused.error).toMatch(/2 keys/)
  await server.speka(`keys revoke ${idOf(first.out)}`)
  expect((await create('third')).code).toBe(0)
})

test('a plan that accounts are on cannot go from the configuration, and what was in force stays', async () => {
  const account = idOf((await server.speka('accounts create --name subscribed --plan tiny --json')).out)
  const { key } = JSON.parse((await server.speka(`keys create --name s --account ${account} --json`)).out) as {
    key: string
  }
  const { configFile } = server.gateway
  const before = await readFile(configFile, 'utf8')
  const { plans: _, ...without } = JSON.parse(before) as Record<string, unknown>
  const printed = server.gateway.logs().length
  await writeFile(configFile, JSON.stringify(without))
  await eventually(() => server.gateway.logs().slice(printed).includes('tiny'), 'it is said which plan is missing')
  expect(await server.limits(key)).toEqual(
    expect.arrayContaining([expect.objectContaining({ limit: '1', kind: 'usd' })]),
  )
  await writeFile(configFile, before)
})

test('a limit that is lowered below what is spent refuses until it is raised, and loses nothing', async () => {
  server.upstream.on('m/dear', stream(['Hello'], { input: 10, output: 4995 }))
  const { id, key } = await server.key('--limit-usd 1 --reset never')
  let answered = 0
  const ask = async () => {
    const answer = await server.chat(key, { model: 'm/dear', stream: true, max_tokens: 5000 })
    if (answer.status === 200) answered += 1
    return answer
  }
  expect(await ask()).toMatchObject({ status: 200 })
  await atRest(key)
  await server.speka(`limits set --key ${id} --usd 0.005 --reset never`)
  const refused = async () => (await ask()).error?.limit?.limit === '0.005'
  await eventually(refused, 'the lowered limit is in force')
  const { status, error } = await ask()
  expect(status).toBe(402)
  expect(error?.limit).toMatchObject({ limit: '0.005' })
  // Until the lowered limit is in force requests are answered, each for a cent.
  expect(Number(error?.limit?.spent)).toBeCloseTo(answered / 100, 9)
  await server.speka(`limits set --key ${id} --usd 0.5 --reset never`)
  await eventually(async () => (await ask()).status === 200, 'the raised limit is in force')
  await atRest(key)
  expect(Number((await server.limits(key))[0]?.spent)).toBeGreaterThanOrEqual(0.02)
})

test('each customer has a budget for himself, whatever he is called, and nobody else is told of it', async () => {
  const made = await server.speka('limits set --each-customer --usd 0.002 --reset daily --json')
  const { key } = await server.key('')
  const ask = (user: string) => server.chat(key, { user, max_tokens: 5 })
  const probed = async () => (await server.chat(key, { user: 'probe', max_tokens: 5000 })).status === 402
  await eventually(probed, 'the limit is known')
  const names = [
    'ann',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "'; DROP TABLE owner; --",
    '😀'.repeat(30),
    'x y z',
  ]
  for (const name of names) expect(await ask(name)).toMatchObject({ status: 200 })
  expect(await server.chat(key, { user: 'ann', max_tokens: 5000 })).toMatchObject({
    status: 402,
    error: { limit: { subject: 'each customer', limit: '0.002' } },
  })
  expect(await ask('bob')).toMatchObject({ status: 200 })
  await server.speka(`limits remove ${idOf(made.out)}`)
})

test('a prompt of 20 MB against a cent is refused before anybody is asked, and neighbours are answered meanwhile', async () => {
  const { key } = await server.key('--limit-usd 0.01 --reset never')
  const other = await server.key('')
  const asked = server.upstream.seen.length
  const huge = server.chat(key, { messages: [{ role: 'user', content: 'a'.repeat(20_000_000) }], max_tokens: 5 })
  expect(await server.chat(other.key, { model: 'm/neighbour' })).toMatchObject({ status: 200 })
  expect(await huge).toMatchObject({
    status: 402,
    error: { code: 'insufficient_quota', limit: { held: '0', spent: '0' } },
  })
  expect(server.upstream.seen.slice(asked).map(({ model }) => model)).toEqual(['m/neighbour'])
  await atRest(key)
  expect(await server.chat(key, { max_tokens: 5 })).toMatchObject({ status: 200 })
})

/** A stream of words as long as its bound allows, and no longer: what an honest upstream does. */
function toTheBound({ body }: SeenRequest): Step[] {
  const most = Number(/"max_(?:completion_)?tokens":\s*(\d+)/.exec(body)?.[1] ?? 100_000)
  const pieces = Math.floor(most / 100)
  return [
    streamHead,
    ...Array.from({ length: pieces }, (_, index) => event(delta(' word'.repeat(100), index === 0))),
    ...streamEnd({ input: 10, output: pieces * 100 }),
  ]
}

test('streams that outgrow what was set aside for them end at the cap, say so, and are charged within it', async () => {
  server.upstream.on('m/grows', toTheBound)
  const { key } = await server.key('--limit-usd 0.05 --reset never')
  const ask = () => server.chat(key, { model: 'm/grows', stream: true })
  const answers = await Promise.all(Array.from({ length: 12 }, ask))
  for (const { status, text } of answers) {
    expect([200, 402]).toContain(status)
    if (status !== 200) continue
    expect(text.includes('[DONE]')).toBe(!text.includes('budget_exhausted'))
    // A bound that was ours is never passed off as the model's own.
    expect(text).not.toContain('"finish_reason":"length"')
  }
  await atRest(key)
  const [limit] = await server.limits(key)
  expect(Number(limit?.spent)).toBeGreaterThan(0)
  expect(Number(limit?.spent)).toBeLessThanOrEqual(0.05)
})

test('a clock that is stepped in the middle of a window gives nothing back, and takes nothing away', async () => {
  server.upstream.on('m/dear', stream(['Hello'], { input: 10, output: 4995 }))
  const { key } = await server.key('--rpm 3 --limit-usd 1 --reset never')
  const ask = () => server.chat(key, { model: 'm/dear', stream: true, max_tokens: 5000 })
  for (let count = 0; count < 3; count += 1) expect(await ask()).toMatchObject({ status: 200 })
  await atRest(key)
  const spent = () => server.limits(key).then((limits) => limits.find(({ kind }) => kind === 'usd')?.spent)
  expect(await spent()).toBe('0.03')
  for (const step of ['SIGUSR2', 'SIGWINCH', 'SIGWINCH', 'SIGUSR2'] as const) {
    server.gateway.signal(step)
    const { status, headers } = await ask()
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(61)
    expect(await spent()).toBe('0.03')
  }
})
