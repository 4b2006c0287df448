import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import { accountRoles, type Actor } from '../packages/server/src/actor.ts'
import { routesOf, siteRoutesOf } from '../packages/server/src/app.ts'
import { identityOf } from '../packages/server/src/config/identity-schema.ts'
import { SCIM_PATH } from '../packages/server/src/identity/scim/respond-scim.ts'
import { SESSION_PATH } from '../packages/server/src/management/session-rows.ts'
import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { createToken } from '../packages/server/src/operations/create-token.ts'
import { adminParts, consolePage, siteParts } from './support/admin-parts.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const ADMIN_TOKEN = 'the-token-of-the-operator'
const pages = adminParts({ metrics: () => 'up 1\n' })
const adminRoutes = () => siteRoutesOf(siteParts({ ...pages, listener: 'admin' }))

let app: StartedApp
let admin: Server
let accountToken: string
beforeAll(async () => {
  app = await startApp()
  admin = createAdminServer(ADMIN_TOKEN, pages, { consoleFiles: new Map([['index.html', consolePage]]) })
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  const operator: Actor = { kind: 'operator', by: 'admin_token' }
  accountToken = (await createToken(pages.operations, operator, { name: 'a', role: 'owner', account: 'default' })).token
})
afterAll(async () => {
  admin.close()
  admin.closeAllConnections()
  await app.close()
})

const credentials = {
  none: () => undefined,
  wrong: () => mintKey('live'),
  key: () => app.liveKey,
  'admin token': () => ADMIN_TOKEN,
  'account token': () => accountToken,
} as const satisfies Record<string, () => string | undefined>

type Credential = keyof typeof credentials

const listeners = {
  gateway: { origin: () => app.origin, routes: () => routesOf(app.parts) },
  admin: {
    origin: () => `http://127.0.0.1:${(admin.address() as AddressInfo).port}`,
    routes: () => adminRoutes(),
  },
} as const

type Listener = keyof typeof listeners

async function ask(listener: Listener, { method, path }: { method: string; path: string }, credential: Credential) {
  const given = credentials[credential]()
  return fetch(listeners[listener].origin() + path, {
    method,
    headers: given === undefined ? {} : { authorization: `Bearer ${given}` },
  })
}

/** Whoever may call is asked for more, or is told that what he asks about is not there: never who he is. */
const LET_IN = [200, 400, 403, 404, 415]

describe.each<{ listener: Listener; access: string; letsIn: Credential[] }>([
  { listener: 'gateway', access: 'public', letsIn: ['none', 'wrong', 'key', 'admin token', 'account token'] },
  { listener: 'gateway', access: 'key', letsIn: ['key'] },
  { listener: 'admin', access: 'public', letsIn: ['none', 'wrong', 'key', 'admin token', 'account token'] },
  { listener: 'admin', access: 'operator', letsIn: ['admin token'] },
  { listener: 'admin', access: 'account:member', letsIn: ['admin token', 'account token'] },
  { listener: 'admin', access: 'account:viewer', letsIn: ['admin token', 'account token'] },
])('a route that is $access, on the $listener listener', ({ listener, access, letsIn }) => {
  test.each(Object.keys(credentials).map((credential) => ({ credential: credential as Credential })))(
    'with credential: $credential',
    async ({ credential }) => {
      const routes = listeners[listener].routes().filter((route) => route.access === access)
      expect(routes).not.toEqual([])
      for (const route of routes) {
        const { status } = await ask(listener, route, credential)
        // What tells anyone who he is tells who holds a wrong token so.
        const isAskedWho = route.method === 'GET' && route.path === SESSION_PATH && access === 'public'
        if (isAskedWho && ['wrong', 'key'].includes(credential)) expect(status).toBe(401)
        else if (letsIn.includes(credential)) expect(LET_IN).toContain(status)
        // Who is known and may not is told so.
        else expect(status).toBe(access === 'operator' && credential === 'account token' ? 403 : 401)
      }
    },
  )
})

describe('SCIM, which is of the site', () => {
  let site: StartedApp
  const tokens: Record<string, string> = {}
  beforeAll(async () => {
    const { scim } = identityOf({ scim: [{ roles: {} }] })
    site = await startApp({}, {}, { site: { directories: () => scim } })
    const { operations } = site.parts.site ?? siteParts()
    const operator: Actor = { kind: 'operator', by: 'admin_token' }
    for (const role of accountRoles)
      tokens[role] = (await createToken(operations, operator, { name: role, role, account: 'default' })).token
    tokens['operator'] = (await createToken(operations, operator, { name: 'a', role: 'operator' })).token
  })
  afterAll(() => site?.close())

  const rows = () => siteRoutesOf(site.parts.site ?? siteParts()).filter(({ path }) => path === SCIM_PATH)
  const scim = async (method: string, thing: string, token: string | undefined, origin = site.origin) =>
    (
      await fetch(`${origin}${SCIM_PATH.replace('*', thing)}`, {
        method,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      })
    ).status

  test('lets in who may change members, by a token of an account', async () => {
    expect(rows().map(({ method, access }) => `${method} ${access}`)).toEqual(
      ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} account:admin`),
    )
    for (const { method } of rows())
      for (const thing of ['Users', 'Users/nobody', 'Groups', 'Groups/nothing', 'Schemas', 'nothing']) {
        const about = (token: string | undefined, origin?: string) => scim(method, thing, token, origin)
        for (const role of ['owner', 'admin']) expect([200, 404, 405, 415]).toContain(await about(tokens[role]))
        for (const role of ['billing', 'member', 'viewer']) expect(await about(tokens[role])).toBe(403)
        for (const nobody of [undefined, mintKey('live'), site.liveKey, ADMIN_TOKEN, tokens['operator']])
          expect(await about(nobody)).toBe(401)
        for (const token of [undefined, ADMIN_TOKEN, accountToken])
          expect([401, 404]).toContain(await about(token, listeners.admin.origin()))
      }
  })
})

test('each access that is in the table is in the suite above', () => {
  const all = [...routesOf(app.parts), ...adminRoutes()].map(({ access }) => access)
  expect(new Set(all)).toEqual(new Set(['public', 'key', 'operator', 'account:member', 'account:viewer']))
})

describe.each<{ asked: Listener; routesOn: Listener; knows: Credential[] }>([
  { asked: 'admin', routesOn: 'gateway', knows: ['admin token', 'account token'] },
  { asked: 'gateway', routesOn: 'admin', knows: ['key'] },
])('what is on the $routesOn listener', ({ asked, routesOn, knows }) => {
  test(`is not on the ${asked} one, for nobody`, async () => {
    for (const route of listeners[routesOn].routes()) {
      for (const credential of Object.keys(credentials) as Credential[]) {
        const { status } = await ask(asked, route, credential)
        expect(status).toBe(asked === 'gateway' || knows.includes(credential) ? 404 : 401)
      }
    }
  })
})

test('the operator’s listener tells what went wrong as a problem', async () => {
  const response = await ask('admin', { method: 'POST', path: '/metrics' }, 'admin token')
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(await response.json()).toEqual({
    status: 405,
    title: 'Method Not Allowed',
    detail: expect.stringContaining('Use GET.'),
    code: 'method_not_allowed',
  })
})

test('metrics that cannot be gathered are a problem of the server, without its reasons', async () => {
  const broken = createAdminServer(ADMIN_TOKEN, {
    ...pages,
    metrics() {
      throw new Error('a secret reason')
    },
  })
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  const { port } = broken.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/metrics?by=x`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('secret')])
  broken.close()
})

test.each<{ listener: Listener; path: string; credential: Credential }>([
  { listener: 'gateway', path: '/v1/key', credential: 'key' },
  { listener: 'admin', path: '/api/v1/keys', credential: 'admin token' },
  { listener: 'admin', path: '/api/v1/keys', credential: 'account token' },
])('$path takes the $credential in x-api-key too, and no two that differ', async ({ listener, path, credential }) => {
  const given = credentials[credential]() ?? ''
  const statusWith = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(listeners[listener].origin() + path, { headers })).status
  expect(await statusWith({ 'x-api-key': given })).toBe(200)
  expect(await statusWith({ 'x-api-key': given, authorization: `Bearer ${given}` })).toBe(200)
  expect(await statusWith({ 'x-api-key': given, authorization: `Bearer ${credentials.wrong()}` })).toBe(401)
  expect(await statusWith({ 'x-api-key': credentials.wrong() })).toBe(401)
})
