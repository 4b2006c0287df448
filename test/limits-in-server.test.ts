import { eventually } from './support/eventually.ts'
import { runSpeka } from './support/run-speka.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await spawnGateway()
})
afterAll(() => gateway?.close())

async function speka<Value = Readonly<Record<string, string>>>(command: string): Promise<Value> {
  const { code, out, error } = await runSpeka(`${command} --json`, { SPEKA_DATA_DIR: gateway.data })
  expect({ code, error }).toEqual({ code: 0, error: '' })
  return JSON.parse(out) as Value
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly error?: { readonly code: string; readonly limit?: Readonly<Record<string, string | null>> }
  }
}

async function ask(key: string | undefined, more: object = {}): Promise<Answer> {
  const response = await fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }], ...more }),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
}

/** Asks until it is answered so. */
async function answered(key: string | undefined, status: number, more: object = {}): Promise<Answer> {
  let answer: Answer | undefined
  await eventually(async () => {
    answer = await ask(key, more)
    return answer.status === status
  }, `an answer of ${status}`)
  return answer ?? ask(key, more)
}

test('a key made with a rate is held to it from its first request', async () => {
  const { key } = await speka('keys create --name k --rpm 2')
  expect([(await ask(key)).status, (await ask(key)).status]).toEqual([200, 200])
  const refused = await ask(key)
  expect(refused).toMatchObject({
    status: 429,
    body: { error: { code: 'rate_limit_exceeded', limit: { subject: 'key', kind: 'rpm', limit: '2' } } },
  })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a limit on money that is set beside a running server stops, and once it is removed does not', async () => {
  const { id, key } = await speka('keys create --name k')
  expect((await ask(key)).status).toBe(200)
  const set = await speka(`limits set --key ${id} --usd 0.0000001 --reset monthly`)
  const refused = await answered(key, 402)
  expect(refused.body.error).toMatchObject({
    code: 'insufficient_quota',
    limit: { subject: 'key', kind: 'usd', window: 'month', limit: '0.0000001' },
  })
  await speka(`limits remove ${set['id']}`)
  await answered(key, 200)
})

test('a limit of each customer is each customer’s own', async () => {
  const { account, key } = await speka('keys create --name shop --plan scale')
  await speka(`limits set --account ${account} --each-customer --rpm 1`)
  await answered(key, 429, { user: 'ann' })
  expect((await ask(key, { user: 'bob' })).status).toBe(200)
  expect((await ask(key, { user: 'bob' })).status).toBe(429)
  expect((await ask(key)).status).toBe(200)
})

test('a plan limits the rate over all keys of its account, and is changed within a second', async () => {
  const { id } = await speka('accounts create --name team --plan starter')
  const keys = [
    await speka(`keys create --name a --account ${id}`),
    await speka(`keys create --name b --account ${id}`),
  ]
  const told = await Promise.all(keys.map(({ key }) => ask(key)))
  expect(told.map(({ headers }) => headers.get('x-ratelimit-limit-requests'))).toEqual(['60', '60'])
  await speka(`accounts plan ${id} none`)
  const isFree = async () => (await ask(keys[0]?.['key'])).headers.get('x-ratelimit-limit-requests') === null
  await eventually(isFree, 'the plan has ended')
})
