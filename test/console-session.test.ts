import { rights } from '../packages/server/src/operations/rights.ts'
import { accountRecord, memberRecord, put } from '../packages/server/src/store/__fixtures__/records.ts'
import { SESSION_MS } from '../packages/server/src/identity/sessions.ts'
import { ask, type Answer } from './support/ask.ts'
import { ADMIN_TOKEN, startTwoListeners, type SignedIn, type TwoListeners } from './support/two-listeners.ts'

let rig: TwoListeners
beforeEach(async () => {
  rig = await startTwoListeners()
})
afterEach(() => rig.close())

const PATH = '/api/v1/session'

const signIn = (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(rig.adminOrigin, { method: 'POST', path: PATH, headers, body: { token } })

const whoIs = async (origin: string, cookie: string): Promise<unknown> =>
  (await ask(origin, { path: PATH, headers: { cookie } })).json['actor']

/** A change by a session, as a page of ours asks for it. */
const makeTeam = (origin: string, { cookie, csrf }: SignedIn, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(origin, {
    method: 'POST',
    path: '/api/v1/teams',
    headers: { cookie, 'x-speka-csrf': csrf, 'sec-fetch-site': 'same-origin', ...headers },
    body: { name: 'a team' },
  })

const signOut = (origin: string, { cookie, csrf }: SignedIn, query = ''): Promise<Answer> =>
  ask(origin, { method: 'DELETE', path: PATH + query, headers: { cookie, 'x-speka-csrf': csrf } })

const secretOf = ({ cookie }: SignedIn): string => cookie.slice(cookie.indexOf('=') + 1)

describe('who asks', () => {
  test.each(['origin', 'adminOrigin'] as const)('is nobody, who learns where he is: %s', async (which) => {
    const { status, json } = await ask(rig[which], { path: PATH })
    expect(status).toBe(200)
    expect(json).toEqual({
      object: 'session',
      listener: which === 'origin' ? 'gateway' : 'admin',
      gateway_url: which === 'origin' ? null : rig.origin,
      site: { name: 'Speka', public_url: null, sign_up: 'open' },
      sign_in_links: [],
      passkey_trouble: expect.any(String),
      actor: null,
    })
  })

  test('is the operator, who may do everything', async () => {
    const { cookie, csrf, id } = await rig.signInOperator()
    expect((await ask(rig.adminOrigin, { path: PATH, headers: { cookie } })).json).toMatchObject({
      actor: 'operator',
      id,
      role: 'operator',
      account: null,
      member: null,
      rights: [...rights],
      features: ['audit', 'sso'],
      csrf,
      expires_at: expect.any(String),
    })
  })

  test('is a member, with what his role may and his plan has', async () => {
    const { cookie, csrf } = await rig.signInMember('acme', 'viewer')
    await put(rig.operations.store, 'account', accountRecord('acme', { plan: 'pro' }))
    const { json } = await ask(rig.origin, { path: PATH, headers: { cookie } })
    expect(json).toMatchObject({
      actor: 'account',
      role: 'viewer',
      account: { id: 'acme', name: 'acme', plan: 'pro' },
      member: { id: 'mem_acme_viewer', email: 'mem_acme_viewer@example.com' },
      features: ['audit'],
      csrf,
    })
    expect(json['rights']).not.toContain('keys.write')
  })

  test('is who holds a token, which needs no word against forgery', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    expect((await ask(rig.adminOrigin, { path: PATH, headers })).json).toMatchObject({
      actor: 'operator',
      id: null,
      csrf: null,
      expires_at: null,
    })
  })
})

describe('signing in by the admin token', () => {
  test('gives the browser a cookie that no script reads and no other site sends', async () => {
    const { status, headers, json, body } = await signIn(ADMIN_TOKEN)
    expect(status).toBe(201)
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^speka_operator=speka-session-[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
      ),
    ])
    expect(headers['cache-control']).toBe('no-store')
    expect(json).toMatchObject({ actor: 'operator' })
    expect(body).not.toContain('speka-session-')
    const [cookie = ''] = headers['set-cookie']?.[0]?.split(';') ?? []
    expect(await whoIs(rig.adminOrigin, cookie)).toBe('operator')
  })

  test('is refused with a wrong one, and after ten of those with the right one too, until it has been a while', async () => {
    for (let n = 0; n < 10; n += 1) expect((await signIn(`not the token ${n}`)).status).toBe(401)
    const { status, headers } = await signIn(ADMIN_TOKEN)
    expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true])
    rig.clock.moveOn(600_000)
    expect((await signIn(ADMIN_TOKEN)).status).toBe(201)
  })

  test('is not there on the gateway’s listener', async () => {
    const asked = { method: 'POST', path: PATH, body: { token: ADMIN_TOKEN } }
    const { status, headers } = await ask(rig.origin, asked)
    expect([status, headers['set-cookie']]).toEqual([401, undefined])
    const { cookie, csrf } = await rig.signInMember('acme', 'owner')
    const asMember = await ask(rig.origin, { ...asked, headers: { cookie, 'x-speka-csrf': csrf } })
    expect([asMember.status, asMember.headers.allow]).toEqual([405, 'GET, HEAD, DELETE'])
  })

  test('is not done for a page of another origin, nor for a form', async () => {
    expect((await signIn(ADMIN_TOKEN, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await signIn(ADMIN_TOKEN, { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('is in the audit, without the secret and its digest', async () => {
    await signIn(ADMIN_TOKEN)
    const entry = (await rig.operations.store.audit.list()).find(({ action }) => action === 'session.create')
    expect(entry?.actor).toMatch(/^operator:ses_/)
    expect(JSON.stringify(entry)).not.toMatch(/speka-session|digest/)
  })
})

describe('where visitors come by https', () => {
  test('cookies go over nothing else, and no other host can set them', async () => {
    await rig.close()
    rig = await startTwoListeners({ publicUrl: 'https://speka.example.com' })
    const { cookie } = await rig.signInMember('acme', 'owner')
    expect(cookie).toMatch(/^__Host-speka_member=/)
    expect(await whoIs(rig.origin, cookie)).toBe('account')
    expect(await whoIs(rig.origin, cookie.replace('__Host-', ''))).toBeNull()
    const { headers } = await signIn(ADMIN_TOKEN, { host: 'speka.example.com' })
    expect(headers['set-cookie']?.[0]).toMatch(/^__Host-speka_operator=.*; Secure; Max-Age/)
    // On the machine itself the operator's listener has no certificate.
    expect((await signIn(ADMIN_TOKEN)).headers['set-cookie']?.[0]).not.toContain('Secure')
  })
})

describe('a session', () => {
  test('is one listener’s alone', async () => {
    const operator = await rig.signInOperator()
    const member = await rig.signInMember('acme', 'owner')
    expect(await whoIs(rig.origin, operator.cookie)).toBeNull()
    expect(await whoIs(rig.origin, `speka_member=${secretOf(operator)}`)).toBeNull()
    expect(await whoIs(rig.adminOrigin, member.cookie)).toBeNull()
    expect(await whoIs(rig.adminOrigin, `speka_operator=${secretOf(member)}`)).toBeNull()
    const headers = { cookie: `speka_member=${secretOf(operator)}` }
    expect((await ask(rig.origin, { path: '/api/v1/keys', headers })).status).toBe(401)
  })

  test('is none for what looks like one, nor for two at once', async () => {
    const { cookie } = await rig.signInOperator()
    expect(await whoIs(rig.adminOrigin, `speka_operator=speka-session-${'a'.repeat(43)}`)).toBeNull()
    expect(await whoIs(rig.adminOrigin, 'speka_operator=')).toBeNull()
    expect(await whoIs(rig.adminOrigin, `${cookie}; speka_operator=another`)).toBeNull()
  })

  test('lasts twelve hours, however much is done', async () => {
    const { cookie } = await rig.signInOperator()
    rig.clock.moveOn(SESSION_MS - 60_000)
    expect(await whoIs(rig.adminOrigin, cookie)).toBe('operator')
    rig.clock.moveOn(60_000)
    expect(await whoIs(rig.adminOrigin, cookie)).toBeNull()
    expect((await ask(rig.adminOrigin, { path: '/api/v1/keys', headers: { cookie } })).status).toBe(401)
  })

  test('of a member who was removed, or whose account is suspended, has ended; another role is his at once', async () => {
    const { cookie } = await rig.signInMember('acme', 'owner')
    const { store } = rig.operations
    const member = memberRecord('mem_acme_owner', 'acme', { role: 'viewer' })
    await put(store, 'member', member)
    expect((await ask(rig.origin, { path: PATH, headers: { cookie } })).json['role']).toBe('viewer')
    await put(store, 'account', accountRecord('acme', { status: 'suspended' }))
    expect(await whoIs(rig.origin, cookie)).toBeNull()
    await put(store, 'account', accountRecord('acme'))
    expect(await whoIs(rig.origin, cookie)).toBe('account')
    await put(store, 'member', { ...member, status: 'removed' })
    expect(await whoIs(rig.origin, cookie)).toBeNull()
  })

  test('is not opened for who was removed, nor in an account that is suspended; who was invited is active by it', async () => {
    const { store } = rig.operations
    await put(store, 'account', accountRecord('acme'))
    await put(store, 'member', memberRecord('mem_1', 'acme', { status: 'invited' }))
    await rig.signInMember('acme', 'viewer', 'mem_1')
    expect((await store.registry.get('member', 'mem_1'))?.record.status).toBe('active')
    await put(store, 'account', accountRecord('acme', { status: 'suspended' }))
    await expect(rig.signInMember('acme', 'viewer', 'mem_1')).rejects.toMatchObject({ code: 'account_suspended' })
    await put(store, 'account', accountRecord('acme'))
    await put(store, 'member', memberRecord('mem_1', 'acme', { status: 'removed' }))
    await expect(rig.signInMember('acme', 'viewer', 'mem_1')).rejects.toMatchObject({ code: 'permission_denied' })
  })
})

describe('signing out', () => {
  test('ends the session itself, whatever a browser keeps', async () => {
    const [one, other] = [await rig.signInOperator(), await rig.signInOperator()]
    const { status, headers, json } = await signOut(rig.adminOrigin, one)
    expect([status, json['actor']]).toEqual([200, null])
    expect(headers['set-cookie']?.[0]).toMatch(/^speka_operator=; .*Max-Age=0$/)
    expect(await whoIs(rig.adminOrigin, one.cookie)).toBeNull()
    expect(await whoIs(rig.adminOrigin, other.cookie)).toBe('operator')
  })

  test('everywhere ends all of his own, and nobody else’s', async () => {
    const [one, other] = [await rig.signInMember('acme', 'owner'), await rig.signInMember('acme', 'owner')]
    const [colleague, operator] = [await rig.signInMember('acme', 'viewer'), await rig.signInOperator()]
    expect((await signOut(rig.origin, one, '?everywhere=true')).status).toBe(200)
    expect(await whoIs(rig.origin, other.cookie)).toBeNull()
    expect(await whoIs(rig.origin, colleague.cookie)).toBe('account')
    expect(await whoIs(rig.adminOrigin, operator.cookie)).toBe('operator')
  })

  test('is nothing that a token can do', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    expect((await ask(rig.adminOrigin, { method: 'DELETE', path: PATH, headers })).status).toBe(400)
  })
})

describe('a change by a session', () => {
  test.each(['origin', 'adminOrigin'] as const)('is made by a page of ours: %s', async (which) => {
    const signedIn = await (which === 'origin' ? rig.signInMember('acme', 'owner') : rig.signInOperator())
    expect((await makeTeam(rig[which], signedIn)).status).toBe(201)
  })

  test.each([
    ['without its word', { 'x-speka-csrf': '' }],
    ['with a made-up word', { 'x-speka-csrf': 'a'.repeat(43) }],
    ['by a page of another origin', { 'sec-fetch-site': 'cross-site' }],
    ['by a page of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['by nobody’s page', { 'sec-fetch-site': 'none' }],
  ])('is refused %s', async (_, headers) => {
    const { status, headers: said } = await makeTeam(rig.origin, await rig.signInMember('acme', 'owner'), headers)
    expect(status).toBe(403)
    expect(said['access-control-allow-origin']).toBeUndefined()
    expect(await rig.operations.store.registry.list('team')).toEqual([])
  })

  test('is refused with the word of another session of the same member', async () => {
    const [one, other] = [await rig.signInMember('acme', 'owner'), await rig.signInMember('acme', 'owner')]
    expect((await makeTeam(rig.origin, { ...one, csrf: other.csrf })).status).toBe(403)
  })

  test('is in the audit under the member’s own id', async () => {
    await makeTeam(rig.origin, await rig.signInMember('acme', 'owner'))
    const entries = await rig.operations.store.audit.list()
    expect(entries.find(({ action }) => action === 'team.create')?.actor).toBe('mem_acme_owner')
  })

  test('by a token needs no word, and goes by it even where a cookie is sent too', async () => {
    const { cookie } = await rig.signInOperator()
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, cookie }
    const made = { method: 'POST', path: '/api/v1/teams', headers, body: { name: 'a', account: 'default' } }
    expect((await ask(rig.adminOrigin, made)).status).not.toBe(403)
  })
})

describe('a look by a session', () => {
  test.each([
    [200, 'a link that is followed from elsewhere', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    [200, 'an address that is typed', { 'sec-fetch-site': 'none' }],
    [403, 'what another page loads', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('is answered with %i for %s', async (status, _, headers) => {
    const { cookie } = await rig.signInMember('acme', 'owner')
    expect((await ask(rig.origin, { path: '/api/v1/keys', headers: { cookie, ...headers } })).status).toBe(status)
  })
})

test('who signs in leaves no session behind that ended more than a week ago, and the audit is whole all the same', async () => {
  const { registry, audit } = rig.operations.store
  const old = await rig.signInMember('acme', 'viewer')
  await rig.signInOperator()
  rig.clock.moveOn(SESSION_MS + 6 * 24 * 3_600_000)
  await rig.signInMember('acme', 'viewer')
  expect(await registry.list('session')).toHaveLength(3)
  rig.clock.moveOn(2 * 24 * 3_600_000)
  await rig.signInMember('acme', 'viewer')
  const left = (await registry.list('session')).map(({ record }) => record.id)
  expect(left).toHaveLength(2)
  expect(left).not.toContain(old.id)
  expect(await audit.verify()).toMatchObject({ broken: undefined })
})

test('what goes on for a member ends when he is removed', async () => {
  const { cookie } = await rig.signInMember('acme', 'member')
  const live = await fetch(`${rig.origin}/api/v1/requests/live`, { headers: { cookie } })
  expect(live.status).toBe(200)
  const member = await rig.operations.store.registry.get('member', 'mem_acme_member')
  if (member === undefined) throw new Error('There is no such member.')
  await put(rig.operations.store, 'member', { ...member.record, status: 'removed' })
  // It would go on for good.
  expect(await live.text()).toBe('')
})

const strictAt = async (origin: string, host: string) =>
  (await ask(origin, { path: PATH, headers: { host } })).headers['strict-transport-security']

test('a page that is reached by https is reached by nothing else from then on', async () => {
  await rig.close()
  rig = await startTwoListeners({ publicUrl: 'https://speka.example.com' })
  expect(await strictAt(rig.origin, 'speka.example.com')).toBe('max-age=31536000')
  expect(await strictAt(rig.origin, 'localhost')).toBeUndefined()
  expect(await strictAt(rig.adminOrigin, 'speka.example.com')).toBeUndefined()
})
