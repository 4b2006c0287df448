import { ask } from './support/ask.ts'
import { ADMIN_TOKEN, startTwoListeners, type TwoListeners } from './support/two-listeners.ts'

let rig: TwoListeners
beforeAll(async () => {
  rig = await startTwoListeners({ publicUrl: 'https://speka.example.com' })
})
afterAll(() => rig.close())

describe.each(['origin', 'adminOrigin'] as const)('%s', (which) => {
  test.each([
    [200, 'localhost:7735'],
    [200, 'LOCALHOST'],
    [200, '127.0.0.1:7735'],
    [200, '127.9.9.9'],
    [200, '[::1]:7735'],
    [200, 'speka.example.com'],
    [421, 'evil.example.com'],
    [421, 'localhost.evil.example.com'],
    [421, '127.0.0.1.evil.example.com'],
    [421, '192.168.1.5'],
    [421, 'speka.example.com.evil.example.com'],
  ])('answers with %i to %s', async (status, host) => {
    expect((await ask(rig[which], { path: '/console', headers: { host } })).status).toBe(status)
    expect((await ask(rig[which], { path: '/api/v1/session', headers: { host } })).status).toBe(status)
  })

  test.each(['/console', '/console/', '/console/?range=7d', '/console/requests/01a2'])(
    'has the console at %s',
    async (path) => {
      expect((await ask(rig[which], { path })).status).toBe(200)
    },
  )

  test('says what to do, and takes no cookie where it is asked by a foreign name', async () => {
    const { cookie } = await (which === 'origin' ? rig.signInMember('acme', 'owner') : rig.signInOperator())
    const { status, json } = await ask(rig[which], {
      path: '/api/v1/keys',
      headers: { cookie: cookie.replace('__Host-', ''), host: 'evil.example.com' },
    })
    // The member's cookie is another by https, and is none here.
    expect(status).toBe(which === 'origin' ? 401 : 421)
    if (status === 421) expect(json['detail']).toContain('site.public_url')
  })
})

test('a program with a token may come by any name: no browser sends that by itself', async () => {
  const headers = { host: 'speka-admin.internal', authorization: `Bearer ${ADMIN_TOKEN}` }
  expect((await ask(rig.adminOrigin, { path: '/api/v1/keys', headers })).status).toBe(200)
})

test('what callers and probes ask is answered by any name', async () => {
  const host = 'gateway.internal'
  expect((await ask(rig.origin, { path: '/healthz', headers: { host } })).status).toBe(200)
  const headers = { host, authorization: `Bearer ${rig.app.liveKey}` }
  expect((await ask(rig.origin, { path: '/v1/models', headers })).status).toBe(200)
})
