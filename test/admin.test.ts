import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'node:http'
import { eventually } from './support/eventually.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const ask = (gateway: Gateway, body: object, connection = 'keep-alive'): Promise<Response> =>
  fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', connection },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }),
  })

const metrics = (gateway: Gateway, token = gateway.adminToken, method = 'GET'): Promise<Response> =>
  fetch(`${gateway.adminOrigin}/metrics`, { method, headers: { authorization: `Bearer ${token}` } })

const page = async (gateway: Gateway): Promise<string> => (await metrics(gateway)).text()

describe('the admin listener', () => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await spawnGateway({
      providers: { dead: { type: 'vllm', base_url: 'http://127.0.0.1:9/v1' } },
      models: { 'acme/dead': { targets: [{ provider: 'dead' }], price: { input: '1' } } },
    })
  })
  afterAll(() => gateway.close())

  test('shows what was asked, what failed, what it cost, and how targets are', async () => {
    await (await ask(gateway, { model: 'speka/sandbox' })).text()
    await (await ask(gateway, { model: 'acme/dead', models: ['speka/sandbox'], stream: true })).text()
    await (await ask(gateway, { model: 'nobody' })).text()
    const text = await page(gateway)
    const sandbox = 'endpoint="chat",model="speka/sandbox",provider="sandbox"'
    expect(text).toContain(`speka_requests_total{${sandbox},outcome="complete"} 2\n`)
    expect(text).toContain('speka_attempts_total{provider="dead",outcome="transient"} 1\n')
    expect(text).toContain('speka_fallbacks_total 1\n')
    expect(text).toContain('speka_errors_total{code="model_not_found"} 1\n')
    expect(text).toContain('speka_breaker_state{model="acme/dead",provider="dead"} 0\n')
    expect(Number(new RegExp(`speka_cost_usd_total{${sandbox}} (\\S+)`).exec(text)?.[1])).toBeGreaterThan(0)
    expect(text).toMatch(/speka_gateway_overhead_seconds_count 2\n/)
  })

  test('holds no key, no digest and no prompt', async () => {
    const text = await page(gateway)
    expect(text).not.toContain('sk-speka')
    expect(text).not.toContain('key_')
    expect(text).not.toMatch(/[0-9a-f]{64}/)
  })

  test.each([
    ['the wrong token', 'not the token at all'],
    ['a virtual key', undefined],
    ['nothing', ''],
  ])('refuses %s', async (_, token) => {
    const response = await metrics(gateway, token ?? gateway.key)
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toMatchObject({ status: 401 })
  })

  test('has nothing else, and says so', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}` }
    expect((await fetch(`${gateway.adminOrigin}/keys`, { headers })).status).toBe(404)
    expect((await metrics(gateway, undefined, 'POST')).status).toBe(405)
  })

  test('is not on the port that callers use', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}` }
    expect((await fetch(`${gateway.origin}/metrics`, { headers })).status).toBe(404)
    expect((await fetch(`${gateway.baseURL}/models`, { headers })).status).toBe(401)
  })
})

test('a token that nobody set is made, kept for the owner alone, and shown once', async () => {
  const gateway = await spawnGateway({}, { env: { SPEKA_ADMIN_TOKEN: '' } })
  try {
    const file = join(gateway.data, 'admin-token')
    await eventually(() => gateway.logs().includes('admin  speka-admin-'), 'the token is shown')
    const token = readFileSync(file, 'utf8').trim()
    expect(gateway.logs()).toContain(`admin  ${token}`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await metrics(gateway, token)).status).toBe(200)
    await gateway.restart()
    await eventually(async () => (await metrics(gateway, token)).status === 200, 'the token still holds')
    expect(gateway.logs().split(token)).toHaveLength(2)
  } finally {
    await gateway.close()
  }
})

test('a port that somebody chose has to be that one; else the gateway does without', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => squatter.once('listening', resolve))
  const { port } = squatter.address() as { port: number }
  try {
    await expect(spawnGateway({}, { args: ['--admin-port', String(port)] })).rejects.toThrow(/--admin-port/)
  } finally {
    squatter.close()
  }
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('of several workers the listener shows the sum', async () => {
  const gateway = await spawnGateway({}, { args: ['--workers', '2'] })
  try {
    for (let time = 0; time < 12; time += 1) await (await ask(gateway, { model: 'speka/sandbox' }, 'close')).text()
    // A worker that is too busy to answer at once is left out of a page.
    const all = /speka_requests_total\{.*outcome="complete"\} 12\n/
    await eventually(async () => all.test(await page(gateway).catch(() => '')), 'all are counted')
  } finally {
    await gateway.close()
  }
})

const isThere = () => true
const isNotThere = () => false

test.each([{ args: [] }, { args: ['--workers', '2'] }])(
  'with $args the management API knows the gateway that runs, and makes keys for it',
  async ({ args }) => {
    const gateway = await spawnGateway({}, { args })
    try {
      const get = async (path: string) => {
        const headers = { authorization: `Bearer ${gateway.adminToken}`, connection: 'close' }
        const response = await fetch(`${gateway.adminOrigin}/api/v1${path}`, { headers })
        return (await response.json()) as { data: Record<string, unknown>[] }
      }
      await eventually(() => get('/keys').then(isThere, isNotThere), 'the listener is open')
      const sandbox = expect.objectContaining({ model: 'speka/sandbox', provider: 'sandbox', state: 'closed' })
      expect((await get('/targets')).data).toContainEqual(sandbox)
      expect((await get('/models')).data).toContainEqual(expect.objectContaining({ id: 'speka/sandbox' }))
      expect((await get('/providers')).data).toContainEqual(expect.objectContaining({ name: 'sandbox', ready: true }))
      const post = async (path: string) => {
        const headers = { authorization: `Bearer ${gateway.adminToken}`, connection: 'close' }
        return (await fetch(`${gateway.adminOrigin}/api/v1${path}`, { method: 'POST', headers })).status
      }
      const everywhere = async (wanted: number) => {
        for (let times = 0; times < 8; times += 1)
          if ((await ask(gateway, { model: 'speka/sandbox' }, 'close')).status !== wanted) return false
        return true
      }
      const whenOut = everywhere.bind(undefined, 503)
      const whenIn = everywhere.bind(undefined, 200)
      expect(await post('/providers/nobody/isolate')).toBe(404)
      expect(await post('/providers/sandbox/isolate')).toBe(200)
      await eventually(whenOut, 'nothing is sent to it')
      expect((await get('/providers')).data).toContainEqual(
        expect.objectContaining({ name: 'sandbox', isolated: true }),
      )
      expect(await post('/providers/sandbox/restore')).toBe(200)
      await eventually(whenIn, 'it is asked again')
      const made = await fetch(`${gateway.adminOrigin}/api/v1/keys`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
        body: '{"name":"made"}',
      })
      const { key } = (await made.json()) as { key: string }
      expect((await ask({ ...gateway, key }, { model: 'speka/sandbox' }, 'close')).status).toBe(200)
    } finally {
      await gateway.close()
    }
  },
)
