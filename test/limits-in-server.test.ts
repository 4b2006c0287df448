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

test('who was refused by which limit can be read a while later', async () => {
  const { id, key } = await speka('keys create --name k --rpm 1')
  await ask(key)
  await Promise.all([ask(key), ask(key), ask(key)])
  let refusals: Record<string, unknown>[] = []
  await eventually(async () => {
    refusals = await speka<Record<string, unknown>[]>(`limits refusals --key ${id}`)
    return refusals.length > 0
  }, 'refusals that are written')
  const sum = refusals.reduce((all, { refused }) => all + Number(refused), 0)
  expect(sum).toBe(3)
  expect(refusals[0]).toMatchObject({ key_id: id, subject: 'key', kind: 'rpm', window: 'minute' })
  const listed = await speka<Record<string, unknown>[]>('limits list')
  expect(listed.find(({ id: limit }) => limit === refusals[0]?.['limit_id'])).toMatchObject({ refused_last_day: 3 })
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
  await speka(`accounts plan ${id} none --when now`)
  const isFree = async () => (await ask(keys[0]?.['key'])).headers.get('x-ratelimit-limit-requests') === null
  await eventually(isFree, 'the plan has ended')
})

test('a key is told every limit that applies to it, with what is left and when it resets', async () => {
  const { id, key } = await speka('keys create --name k --limit-usd 5 --reset monthly --rpm 60 --max-parallel 4')
  await speka(`limits set --key ${id} --usd 0.5 --reset daily --on-reached notify --model speka/*`)
  await ask(key)
  const headers = { authorization: `Bearer ${key}` }
  const shown = async () => {
    const response = await fetch(`${gateway.baseURL}/key`, { headers })
    return (await response.json()) as { limits: Record<string, string>[]; limit: number; limit_reset: string }
  }
  await eventually(async () => (await shown()).limits.length === 4, 'all of them are known')
  const { limits, ...told } = await shown()
  expect(told).toMatchObject({ limit: 5, limit_remaining: expect.any(Number), limit_reset: 'monthly' })
  const spent = expect.stringMatching(/^0\.00000\d+$/)
  expect(limits).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ subject: 'key', kind: 'usd', window: 'month', limit: '5', spent, on_reached: 'stop' }),
      expect.objectContaining({
        kind: 'usd',
        window: 'day',
        limit: '0.5',
        spent,
        on_reached: 'notify',
        models: 'speka/*',
      }),
      expect.objectContaining({ kind: 'rpm', window: 'minute', limit: '60', spent: '1', remaining: '59' }),
      expect.objectContaining({
        kind: 'max_parallel',
        window: 'parallel',
        limit: '4',
        remaining: '4',
        resets_at: null,
      }),
    ]),
  )
  const listed = await speka<Record<string, unknown>[]>('limits list')
  const daily = listed.find(({ subject, window }) => (subject as { id: string }).id === id && window === 'day')
  expect(daily).toMatchObject({ spent_usd: spent, held_usd: '0', left_usd: expect.stringMatching(/^0\.49/) })
})

test('an explanation says which limit would refuse, and takes nothing', async () => {
  const { id, key } = await speka('keys create --name k --limit-usd 0.000000001 --rpm 1')
  const explain = async () => {
    const response = await fetch(`${gateway.baseURL}/route/explain`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    return (await response.json()) as Record<string, unknown>
  }
  for (const _ of [1, 2, 3])
    expect(await explain()).toMatchObject({
      limits: [
        { kind: 'rpm', remaining: '1', would: 'admit' },
        { kind: 'usd', would: 'refuse', sets_aside: expect.stringMatching(/^0\.\d+$/) },
      ],
      refused_by: { kind: 'usd', subject: 'key' },
    })
  // The command line knows what is spent; how far a rate is used only the gateway can tell.
  expect(await speka(`explain --model speka/sandbox --prompt Hello! --key ${id}`)).toMatchObject({
    limits: [
      { kind: 'rpm', remaining: null, would: 'unknown' },
      { kind: 'usd', remaining: '0.000000001', would: 'refuse' },
    ],
    refused_by: { kind: 'usd', subject: 'key' },
  })
})

test('an explanation goes by what would be set aside, and says how much that is', async () => {
  const { id } = await speka('keys create --name k --limit-usd 5 --reset monthly')
  const explained = async (more: string) => {
    const { limits } = await speka<{ limits: { would: string; sets_aside: string }[] }>(
      `explain --model speka/sandbox --prompt Hello! --key ${id} ${more}`,
    )
    return limits[0]
  }
  const [short, long] = [await explained('--max-tokens 10'), await explained('--max-tokens 100000')]
  expect([short?.would, long?.would]).toEqual(['admit', 'admit'])
  expect(Number(long?.sets_aside)).toBeGreaterThan(Number(short?.sets_aside))
})

test('a key is shown the limits of each customer as such, and those of one customer with what is left', async () => {
  const { account, key } = await speka('keys create --name shop --plan scale')
  await speka(`limits set --account ${account} --each-customer --usd 5 --reset monthly`)
  const shown = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.baseURL}/key`, { headers: { authorization: `Bearer ${key}`, ...headers } })
    const { limits } = (await response.json()) as { limits: { subject: string }[] }
    return limits.find(({ subject }) => subject === 'each customer')
  }
  const told = { subject: 'each customer', kind: 'usd', window: 'month', limit: '5' }
  await eventually(async () => (await shown()) !== undefined, 'the limit to be known')
  expect(await shown()).toMatchObject({ ...told, spent: null, remaining: null, resets_at: null })
  expect(await shown({ 'x-speka-customer': 'ann' })).toMatchObject({ ...told, spent: '0', remaining: '5' })
})

test.each([100, 1000])('an explanation and the request come to the same, with max_tokens %d', async (tokens) => {
  const { key } = await speka('keys create --name k --limit-usd 0.00005')
  const more = { max_tokens: tokens }
  const response = await fetch(`${gateway.baseURL}/route/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }], ...more }),
  })
  const { limits } = (await response.json()) as { readonly limits: readonly { readonly would: string }[] }
  const { status } = await ask(key, more)
  expect([limits[0]?.would, status]).toEqual(tokens === 100 ? ['admit', 200] : ['refuse', 402])
})

test('a team is told by its name', async () => {
  const { id } = await speka('teams create --name research')
  await speka(`limits set --team ${id} --usd 0`)
  const { key } = await speka(`keys create --name k --team ${id}`)
  const { body } = await answered(key, 402)
  expect(body.error?.limit?.['subject']).toBe('team research')
})
