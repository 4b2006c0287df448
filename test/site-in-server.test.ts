import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'
import { ask } from './support/ask.ts'
import { eventually } from './support/eventually.ts'

describe('a gateway of two processes, with its site on', () => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await spawnGateway(
      { site: { enabled: true, name: 'Acme AI' } },
      { args: ['--workers', '2'], env: { SPEKA_LOG_LEVEL: 'trace' } },
    )
  })
  afterAll(() => gateway.close())

  test('signs the operator in on the listener of the process that looks after the others', async () => {
    await eventually(async () => {
      const answer = await ask(gateway.adminOrigin, { path: '/api/v1/session' }).catch(() => undefined)
      return answer?.status === 200
    }, 'the operator’s listener is there')
    const signedIn = await ask(gateway.adminOrigin, {
      method: 'POST',
      path: '/api/v1/session',
      body: { token: gateway.adminToken },
    })
    expect(signedIn.status).toBe(201)
    expect(signedIn.json).toMatchObject({ actor: 'operator', site: { name: 'Acme AI' }, gateway_url: gateway.origin })
    const cookie = signedIn.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
    const models = await ask(gateway.adminOrigin, { path: '/api/v1/models', headers: { cookie } })
    expect(models.body).toContain('speka/sandbox')
    // Neither worker knows him.
    for (let n = 0; n < 4; n += 1)
      expect((await ask(gateway.origin, { path: '/api/v1/models', headers: { cookie } })).status).toBe(401)
    const secret = cookie.slice(cookie.indexOf('=') + 1)
    expect(gateway.logs()).not.toContain(secret)
    expect(gateway.logs()).not.toContain(gateway.adminToken)
  })

  test('tells whoever asks either worker of its site', async () => {
    for (let n = 0; n < 4; n += 1)
      expect((await ask(gateway.origin, { path: '/api/v1/session' })).json).toMatchObject({
        listener: 'gateway',
        site: { name: 'Acme AI' },
        actor: null,
      })
  })

  test('says where the site is, by a name', () => {
    const { port } = new URL(gateway.origin)
    expect(gateway.logs()).toContain(`site       http://localhost:${port}/`)
  })
})

test('with a configuration that does not turn it on there is no site, and the operator has his console', async () => {
  const gateway = await spawnGateway({})
  try {
    expect((await ask(gateway.origin, { path: '/console' })).status).toBe(404)
    expect((await ask(gateway.origin, { path: '/api/v1/session' })).status).toBe(404)
    expect(gateway.logs()).not.toContain('  site  ')
    expect((await ask(gateway.adminOrigin, { path: '/console' })).status).not.toBe(404)
    // Examples to paste name where callers reach it, whatever its port is.
    const { json } = await ask(gateway.adminOrigin, { path: '/api/v1/session' })
    expect(json).toMatchObject({ gateway_url: gateway.origin })
  } finally {
    await gateway.close()
  }
})

test('--no-console leaves it out on both listeners', async () => {
  const gateway = await spawnGateway({}, { args: ['--no-console'], env: { SPEKA_SITE: 'on' } })
  try {
    const token = { authorization: `Bearer ${gateway.adminToken}` }
    expect((await ask(gateway.adminOrigin, { path: '/console', headers: token })).status).toBe(404)
    expect((await ask(gateway.origin, { path: '/console' })).status).toBe(404)
    expect((await ask(gateway.origin, { path: '/api/v1/session' })).status).toBe(200)
  } finally {
    await gateway.close()
  }
})

test('somebody who looks on does not keep a gateway from stopping', async () => {
  const gateway = await spawnGateway({}, { env: { SPEKA_SITE: 'on' } })
  try {
    const { json } = await ask(gateway.adminOrigin, {
      method: 'POST',
      path: '/api/v1/tokens',
      headers: { authorization: `Bearer ${gateway.adminToken}` },
      body: { name: 'a', role: 'viewer', account: 'default' },
    })
    const headers = { authorization: `Bearer ${String(json['token'])}` }
    const live = await fetch(`${gateway.origin}/api/v1/requests/live`, { headers })
    expect(live.status).toBe(200)
    const seen = live.text()
    expect(await gateway.stop()).toBe(0)
    await seen
  } finally {
    await gateway.close()
  }
})
