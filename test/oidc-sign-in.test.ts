import { createUndiciTransport } from '@speka/core/node'
import type { OidcProvider } from '../packages/server/src/config/identity-schema.ts'
import { askOver } from '../packages/server/src/identity/fetch-over.ts'
import { openProviders } from '../packages/server/src/identity/oidc/open-providers.ts'
import { BrowserJar } from './support/browser-jar.ts'
import { eventually } from './support/eventually.ts'
import { freePort } from './support/free-port.ts'
import { CLIENT, RESOURCE, startOidcIssuer, type OidcIssuer } from './support/oidc-issuer.ts'
import { runSpeka } from './support/run-speka.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

let issuer: OidcIssuer
let gateway: Gateway
let admin: string

beforeAll(async () => {
  const [port, adminPort, nobody] = [await freePort(), await freePort(), await freePort()]
  admin = `http://127.0.0.1:${adminPort}`
  issuer = await startOidcIssuer([
    `http://127.0.0.1:${port}/auth/oidc/acme/callback`,
    `${admin}/auth/oidc/acme/callback`,
    'http://127.0.0.1/auth/oidc/acme/callback',
  ])
  const provider = { client_id: CLIENT.id, client_secret: CLIENT.secret, roles: { staff: 'viewer', leads: 'admin' } }
  gateway = await spawnGateway(
    {
      site: { enabled: true },
      identity: {
        oidc: [
          { ...provider, name: 'acme', issuer: issuer.issuer, operator_group: 'operators' },
          { ...provider, name: 'down', issuer: `http://127.0.0.1:${nobody}` },
        ],
        callers: [{ issuer: issuer.issuer, audience: RESOURCE, account: 'account' }],
      },
    },
    { port, args: ['--admin-port', `${adminPort}`] },
  )
})

afterAll(async () => {
  await gateway?.close()
  await issuer?.close()
})

beforeEach(() => {
  issuer.cancels = false
})

const isCallback = (url: string): boolean => new URL(url).pathname.endsWith('/callback')

/** Goes to the provider, and is sent back: with the place that it has sent him to, where he has not been yet. */
const atCallback = (jar: BrowserJar, origin: string): Promise<string> =>
  jar.follow(`${origin}/auth/oidc/acme`, isCallback)

async function signIn(origin: string, jar = new BrowserJar()): Promise<{ jar: BrowserJar; answer: Response }> {
  return { jar, answer: await jar.go(await atCallback(jar, origin)) }
}

const session = async (origin: string, jar: BrowserJar): Promise<Record<string, unknown>> =>
  (await jar.go(`${origin}/api/v1/session`)).json() as Promise<Record<string, unknown>>

const member = (sub: string, ...groups: string[]) => ({
  sub,
  email: `${sub}@acme.example`,
  email_verified: true,
  groups,
})

test('somebody signs in by his provider, is made a member, and has the highest role of his groups', async () => {
  issuer.user = member('ann', 'staff', 'leads', 'others')
  const { jar, answer } = await signIn(gateway.origin)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/console')
  expect(await session(gateway.origin, jar)).toMatchObject({
    actor: 'account',
    role: 'admin',
    account: { id: 'default' },
    member: { email: 'ann@acme.example' },
  })
})

/** Where somebody ends who signs in at the provider from a page that wants him back. */
const endOf = async (back: string): Promise<string | null> => {
  const jar = new BrowserJar()
  const callback = await jar.follow(`${gateway.origin}/auth/oidc/acme?back=${encodeURIComponent(back)}`, isCallback)
  return (await jar.go(callback)).headers.get('location')
}

test('a page that nobody is signed in at knows where one does: the operator by providers that have a group for him', async () => {
  const [acme, down] = ['acme', 'down'].map((name) => ({ name, href: `/auth/oidc/${name}` }))
  expect(await session(gateway.origin, new BrowserJar())).toMatchObject({ actor: null, sign_in_links: [acme, down] })
  expect(await session(admin, new BrowserJar())).toMatchObject({ actor: null, sign_in_links: [acme] })
})

test('he comes back to the page that sent him to sign in, and to none of another host', async () => {
  issuer.user = member('fay', 'staff')
  expect(await endOf('/console/requests?outcome=failed&q=a')).toBe('/console/requests?outcome=failed&q=a')
  for (const evil of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    '/\t/evil.example',
  ])
    expect(await endOf(evil)).toBe('/console')
})

test('his role goes with his groups at each sign-in, and without one he is out, with the sessions that he had', async () => {
  issuer.user = member('bob', 'leads')
  const first = await signIn(gateway.origin)
  issuer.user = member('bob', 'staff')
  const second = await signIn(gateway.origin)
  expect(await session(gateway.origin, second.jar)).toMatchObject({ role: 'viewer' })
  expect(await session(gateway.origin, first.jar)).toMatchObject({ role: 'viewer' })
  issuer.user = member('bob', 'others')
  const { answer } = await signIn(gateway.origin)
  expect(answer.status).toBe(403)
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(await answer.text()).toContain('None of your groups at acme gives you a role here')
  for (const { jar } of [first, second]) expect(await session(gateway.origin, jar)).toMatchObject({ actor: null })
  // Back in a group, he is back.
  issuer.user = member('bob', 'staff')
  expect((await signIn(gateway.origin)).answer.status).toBe(303)
})

test.each([
  { what: 'that is not verified', user: { ...member('cy', 'leads'), email_verified: false } },
  { what: 'that there is not', user: { sub: 'cy', groups: ['leads'] } },
])('nobody signs in by an address $what', async ({ user }) => {
  issuer.user = user
  const { answer } = await signIn(gateway.origin)
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain('no e-mail address of yours')
})

test('the operator signs in by his group, on his own listener alone, and a member of the account does not', async () => {
  issuer.user = member('olga', 'operators')
  const { jar, answer } = await signIn(admin)
  expect(answer.status).toBe(303)
  expect(await session(admin, jar)).toMatchObject({ actor: 'operator' })
  expect((await signIn(gateway.origin)).answer.status).toBe(403)
  issuer.user = member('olga', 'leads')
  const refused = await signIn(admin)
  expect(refused.answer.status).toBe(403)
  expect(await refused.answer.text()).toContain('not in the group')
  // Who is not in the group any more is out.
  expect(await session(admin, jar)).toMatchObject({ actor: null })
  expect((await fetch(`${admin}/auth/oidc/down`)).status).toBe(404)
})

test('a code that was used is refused, and so is one that comes back twice', async () => {
  issuer.user = member('dee', 'staff')
  const jar = new BrowserJar()
  const callback = await atCallback(jar, gateway.origin)
  const kept = new Map(jar.cookies)
  expect((await jar.go(callback)).status).toBe(303)
  const again = await jar.go(callback)
  expect(again.status).toBe(400)
  expect(await again.text()).toContain('was finished already')
  // Even by who has kept what the browser had.
  const replayed = new BrowserJar()
  for (const [key, value] of kept) replayed.cookies.set(key, value)
  const answer = await replayed.go(callback)
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('was used already')
})

test('what was begun in another browser, or says another state, is refused', async () => {
  issuer.user = member('eve', 'staff')
  const callback = await atCallback(new BrowserJar(), gateway.origin)
  const victim = new BrowserJar()
  expect((await victim.go(callback)).status).toBe(400)
  await atCallback(victim, gateway.origin)
  const planted = await victim.go(callback)
  expect(planted.status).toBe(400)
  expect(await planted.text()).toContain('does not belong to this sign-in')
  const own = new BrowserJar()
  const url = new URL(await atCallback(own, gateway.origin))
  url.searchParams.set('state', 'another')
  expect((await own.go(url.href)).status).toBe(400)
  expect(await session(gateway.origin, own)).toMatchObject({ actor: null })
})

test('a cookie that somebody has changed is none', async () => {
  const jar = new BrowserJar()
  const callback = await atCallback(jar, gateway.origin)
  const [key = '', value = ''] = [...jar.cookies].find(([name]) => name.includes('speka_oidc')) ?? []
  jar.cookies.set(key, `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`)
  expect((await jar.go(callback)).status).toBe(400)
})

test('who presses cancel is told so', async () => {
  issuer.cancels = true
  const { answer } = await signIn(gateway.origin)
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain('acme has not let you in: access_denied')
})

test('a provider that is down is said so on a page, and one that there is not, too', async () => {
  const down = await fetch(`${gateway.origin}/auth/oidc/down`)
  expect(down.status).toBe(503)
  expect(await down.text()).toContain('down does not answer at the moment')
  for (const path of ['/auth/oidc/nobody', '/auth/oidc/%3Cb%3E', '/auth/oidc/nobody/callback?code=x&state=y']) {
    const answer = await fetch(`${gateway.origin}${path}`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('<b>')
  }
})

test('nothing in a request says where somebody is sent', async () => {
  issuer.user = member('fay', 'staff')
  const jar = new BrowserJar()
  const start = `${gateway.origin}/auth/oidc/acme?to=https://evil.example.com&redirect_uri=https://evil.example.com`
  const callback = await jar.follow(start, isCallback)
  expect(new URL(callback).origin).toBe(gateway.origin)
  const answer = await jar.go(`${callback}&to=https://evil.example.com&next=//evil.example.com`)
  expect(answer.headers.get('location')).toBe('/console')
})

/** A provider in this process, so that its clock and what it remembers can be another. */
function providerHere(changes: Partial<OidcProvider> = {}, now?: () => number) {
  const transport = createUndiciTransport({})
  const settings: OidcProvider = {
    name: 'acme',
    issuer: issuer.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    roles: new Map(),
    account: 'default',
    groupsClaim: 'groups',
    operatorGroup: undefined,
    ...changes,
  }
  const { find } = openProviders({ configured: () => [settings], ask: askOver(() => transport), now })
  const provider = find('acme')
  if (provider === undefined) throw new TypeError('it is configured')
  return {
    close: () => transport.close(),
    async finish(change: (begun: object) => object = (begun) => begun) {
      const { url, begun } = await provider.begin(`${gateway.origin}/auth/oidc/acme/callback`)
      const back = await new BrowserJar().follow(url, isCallback)
      return provider.finish(new URL(back).searchParams, { ...begun, ...change(begun) })
    },
  }
}

test.each([
  { what: 'another nonce', change: { nonce: 'another' }, code: 'invalid_request', says: 'does not belong' },
  {
    what: 'another verifier of PKCE',
    change: { verifier: 'x'.repeat(43) },
    code: 'invalid_request',
    says: 'used already',
  },
])('an answer for $what is refused', async ({ change, code, says }) => {
  issuer.user = member('gus', 'staff')
  const { finish, close } = providerHere()
  expect(await finish()).toEqual({ subject: 'gus', email: 'gus@acme.example', groups: ['staff'] })
  await expect(finish(() => change)).rejects.toMatchObject({ code, message: expect.stringContaining(says) })
  await close()
})

test('a client that the provider does not know is told so', async () => {
  const { finish, close } = providerHere({ clientSecret: 'wrong' })
  await expect(finish()).rejects.toMatchObject({
    code: 'permission_denied',
    message: expect.stringContaining('invalid_client'),
  })
  await close()
})

test('clocks that are five minutes apart are no hindrance while tokens last, and are said where they do not', async () => {
  issuer.user = member('hal', 'staff')
  const late = providerHere({}, () => Date.now() + 300_000)
  expect(await late.finish()).toMatchObject({ subject: 'hal' })
  const tooLate = providerHere({}, () => Date.now() + 2 * 3_600_000)
  await expect(tooLate.finish()).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('its clock is off'),
  })
  await late.close()
  await tooLate.close()
})

async function accessToken(resource: string): Promise<string> {
  const answer = await fetch(`${issuer.issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'llm' }),
  })
  const said = (await answer.json()) as { access_token?: string }
  if (said.access_token === undefined) throw new Error(JSON.stringify(said))
  return said.access_token
}

const ask = (token: string): Promise<Response> =>
  fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hi' }] }),
  })

test('an access token of the provider is a credential of /v1, and its usage stands under whoever came with it', async () => {
  const token = await accessToken(RESOURCE)
  const answer = await ask(token)
  expect(answer.status).toBe(200)
  const about = await fetch(`${gateway.baseURL}/key`, { headers: { authorization: `Bearer ${token}` } })
  const { id, requests } = (await about.json()) as { id: string; requests: number }
  expect(id).toMatch(/^jwt_/)
  expect(requests).toBe(1)
  const speka = async (command: string) =>
    JSON.parse((await runSpeka(`${command} --json`, { SPEKA_DATA_DIR: gateway.data })).out)
  expect(JSON.stringify(await speka('usage --by key'))).toContain(id)
  await speka(`limits set --key ${id} --rpm 1`)
  await eventually(async () => (await ask(token)).status === 429, 'his limit is heard of')
  await speka(`keys revoke ${id}`)
  await eventually(async () => (await ask(token)).status === 401, 'he is out')
})

test('a member of an account whose plan has no SSO is told so and which has it; the operator signs in all the same', async () => {
  const putOn = (plan: string) =>
    fetch(`${admin}/api/v1/accounts/default/plan`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ plan }),
    })
  expect((await putOn('free')).status).toBe(200)
  issuer.user = member('zoe', 'staff', 'operators')
  const { answer } = await signIn(gateway.origin)
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain('The plan free has no sso. These plans have it: scale.')
  expect((await signIn(admin)).answer.status).toBe(303)
  await putOn('scale')
  expect((await signIn(gateway.origin)).answer.status).toBe(303)
})
