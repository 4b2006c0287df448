import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import { isList } from '../packages/server/src/management/page.ts'
import { playgroundRows } from '../packages/server/src/management/playground-rows.ts'
import type { ManagementRow } from '../packages/server/src/management/management-route.ts'
import { managementRows } from '../packages/server/src/management/routes.ts'
import { takes } from '../packages/server/src/operations/operation.ts'
import { adminParts } from './support/admin-parts.ts'

const TOKEN = 'the-token-of-the-operator'
let admin: Server
let mine: Account
let other: Account

beforeEach(async () => {
  admin = createAdminServer(TOKEN, adminParts())
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  mine = await account('mine')
  other = await account('other')
})
afterEach(() => {
  admin.close()
  admin.closeAllConnections()
})

interface Answer {
  readonly status: number
  readonly type: string | null
  readonly etag: string | null
  readonly body: Record<string, unknown>
}

async function ask(
  method: string,
  path: string,
  { token = TOKEN, body, headers = {} }: { token?: string; body?: object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { port } = admin.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const { status } = response
  const [type, etag] = [response.headers.get('content-type'), response.headers.get('etag')]
  return { status, type, etag, body: (await response.json()) as Record<string, unknown> }
}

/** An account with one of each, by the part of a path that names them, and a token of an owner and of a viewer. */
type Account = Readonly<
  Record<'accounts' | 'teams' | 'members' | 'keys' | 'limits' | 'grants' | 'tokens' | 'owner' | 'viewer', string>
>

const make = async (path: string, body: object) => (await ask('POST', `/api/v1/${path}`, { body })).body

async function account(name: string): Promise<Account> {
  const { id } = await make('accounts', { name })
  const of = { account: id, name }
  const [owner, viewer] = [
    await make('tokens', { ...of, role: 'owner' }),
    await make('tokens', { ...of, role: 'viewer' }),
  ]
  const parts = {
    accounts: id,
    teams: (await make('teams', of))['id'],
    members: (await make('members', { account: id, email: `${name}@example.com`, role: 'admin' }))['id'],
    keys: (await make('keys', of))['id'],
    limits: (await make('limits', { account: id, usd: '5' }))['id'],
    grants: (await make('grants', { account: id, usd: '5' }))['id'],
    tokens: viewer['id'],
    owner: owner['token'],
    viewer: viewer['token'],
  }
  return parts as Account
}

const LONG_AGO = '2020-01-01T00:00:00Z'

/** What a route has to be given to get as far as looking for what it is about. */
const bodies: Readonly<Record<string, object>> = {
  'PATCH /api/v1/members/{id}': { role: 'viewer' },
  'PATCH /api/v1/keys/{id}': { name: 'x' },
  'PATCH /api/v1/teams/{id}': { name: 'x' },
  'PATCH /api/v1/passkeys/{id}': { name: 'x' },
  'POST /api/v1/accounts/{id}/plan': { plan: 'none' },
  'POST /api/v1/accounts': { name: 'x' },
  'POST /api/v1/teams': { name: 'x' },
  'POST /api/v1/members': { email: 'x@example.com', role: 'viewer' },
  'POST /api/v1/keys': { name: 'x' },
  'POST /api/v1/limits': { usd: '5' },
  'POST /api/v1/grants': { account: 'default', usd: '5' },
  'POST /api/v1/tokens': { name: 'x', role: 'viewer' },
  'POST /api/v1/invoices/close': { month: '2026-01' },
  'POST /api/v1/adjustments': { account: 'default', usd: '-5', reason: 'x' },
  'POST /api/v1/reprices': { models: 'x', since: LONG_AGO, until: '2020-01-02T00:00:00Z', price: { input: '1' } },
  'POST /api/v1/billing/checkout': { plan: 'starter' },
  'POST /api/v1/billing/portal': {},
}
const given = (route: string, more: object = {}) => {
  const body = bodies[route]
  return body === undefined ? {} : { body: { ...body, ...more } }
}

const routes = managementRows.map((row) => ({ ...row, route: `${row.method} ${row.path}` }))
const ofAnAccount = (path: string): keyof Account | undefined =>
  (['accounts', 'teams', 'members', 'keys', 'limits', 'grants', 'tokens'] as const).find((kind) =>
    path.startsWith(`/api/v1/${kind}/{id}`),
  )

test.each(routes.filter(({ path }) => ofAnAccount(path) !== undefined))(
  '$route finds nothing of another account, as if it were nowhere',
  async ({ route, method, path, operation }) => {
    const kind = ofAnAccount(path) ?? 'keys'
    const about = (id: string) => ask(method, path.replace('{id}', id), { token: mine.owner, ...given(route) })
    const [theirs, nowhere] = [await about(other[kind]), await about('nowhere')]
    expect([theirs.status, theirs.type]).toEqual([isOperators(operation) ? 403 : 404, 'application/problem+json'])
    expect(JSON.stringify(theirs.body).replaceAll(other[kind], 'nowhere')).toBe(JSON.stringify(nowhere.body))
  },
)

/** What only the operator may do to an account. */
const isOperators = ({ right }: ManagementRow['operation']): boolean =>
  right === 'accounts.write' || right === 'invoices.write'

/** What some routes want to be asked besides. */
const alsoAsked: Readonly<Record<string, string>> = {
  '/api/v1/usage': '&by=key',
  '/api/v1/invoices/draft': '&month=2026-01',
}

test.each(routes.filter(({ path, operation }) => !path.includes('{') && takes(operation, 'account')))(
  '$route does nothing in another account’s name',
  async ({ route, method, path, operation }) => {
    const isQuery = method === 'GET'
    const query = isQuery ? `?account=${other.accounts}${alsoAsked[path] ?? ''}` : ''
    const asked = isQuery ? {} : given(route, { account: other.accounts })
    const before = await ask('GET', '/api/v1/audit')
    expect(await ask(method, path + query, { token: mine.owner, ...asked })).toMatchObject({
      status: isOperators(operation) ? 403 : 404,
    })
    expect((await ask('GET', '/api/v1/audit')).body).toEqual(before.body)
  },
)

test.each(routes.filter(({ operation }) => isList(operation) && takes(operation, 'after')))(
  '$route refuses a cursor that nobody has given out',
  async ({ path, operation }) => {
    const token = isOperators(operation) ? TOKEN : mine.owner
    for (const cursor of ['made-up', '-1', '9'.repeat(40), '%00', `${other.keys}`, 'x'.repeat(5000)]) {
      const answer = await ask('GET', `${path}?after=${cursor}`, { token })
      expect([cursor.slice(0, 20), answer.status, answer.type]).toEqual([
        cursor.slice(0, 20),
        400,
        'application/problem+json',
      ])
    }
  },
)

const named = ['POST /api/v1/accounts', 'POST /api/v1/teams', 'POST /api/v1/keys', 'POST /api/v1/tokens'] as const

describe.each(named)('%s', (route) => {
  const makeOne = (name: string) => {
    const [method = '', path = ''] = route.split(' ')
    return ask(method, path, {
      body: { ...bodies[route], name, ...(path.endsWith('tokens') && { account: mine.accounts }) },
    })
  }

  test.each([
    ['of 10 KB', 'x'.repeat(10_000)],
    ['of 10 KB in four bytes each', '🐢'.repeat(2500)],
    ['of nothing', ' \t '],
    ['with a NUL', 'a\u0000b'],
    ['with a line end', 'a\nb'],
    ['that colours a terminal', 'a\u001b[31mb'],
    ['that turns what follows it', 'a\u202Eb'],
    ['of half a character', 'a\uD83Db'],
  ])('refuses a name %s, and makes nothing', async (_, name) => {
    const before = await ask('GET', '/api/v1/audit')
    expect(await makeOne(name)).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { param: 'name' },
    })
    expect((await ask('GET', '/api/v1/audit')).body).toEqual(before.body)
  })

  test.each([
    'Żółw',
    '李🐢',
    'שלום',
    'مرحبا',
    'हिन्दी',
    "'; DROP TABLE registry; --",
    '<script>',
    '=1+1',
    '../..',
    '%00',
  ])('takes the name %s as it is', async (name) => {
    expect(await makeOne(name)).toMatchObject({ status: 201, body: { name } })
  })
})

test('of many who change one key at once, as all have seen it, one does, and the others are told so', async () => {
  const path = `/api/v1/keys/${mine.keys}`
  const { etag } = await ask('GET', path)
  const changed = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      ask('PATCH', path, { token: mine.owner, headers: { 'if-match': etag ?? '' }, body: { name: `name ${index}` } }),
    ),
  )
  const done = changed.filter(({ status }) => status === 200)
  expect(changed.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 412)])
  expect((await ask('GET', path)).body['name']).toBe(done[0]?.body['name'])
  const { body } = await ask('GET', '/api/v1/audit/verify')
  expect(body).toMatchObject({ intact: true })
})

/** Whoever is in an account changes passkeys of his own: `passkeys.test.ts` has whose else. */
const ofOthers = routes.filter(({ method, operation }) => method !== 'GET' && operation.right !== 'passkeys.own')

test.each(ofOthers)('$route is not a viewer’s to do', async ({ route, method, path }) => {
  const id = mine[ofAnAccount(path) ?? 'keys']
  const before = await ask('GET', '/api/v1/audit')
  const answer = await ask(method, path.replace(/\{\w+\}/, id), { token: mine.viewer, ...given(route) })
  expect([answer.status, answer.body['code']]).toEqual([403, 'permission_denied'])
  expect((await ask('GET', '/api/v1/audit')).body).toEqual(before.body)
})

describe.each(playgroundRows)('POST $path', ({ path }) => {
  const play = (query: string, token: string) => ask('POST', `${path}?${query}`, { token, body: {} })

  test('finds no key and no account of another, as if they were nowhere', async () => {
    for (const [name, theirs] of [
      ['key_id', other.keys],
      ['account', other.accounts],
    ] as const) {
      const [found, nowhere] = [await play(`${name}=${theirs}`, mine.owner), await play(`${name}=nowhere`, mine.owner)]
      expect(found.status).toBe(404)
      expect(JSON.stringify(found.body).replaceAll(theirs, 'nowhere')).toBe(JSON.stringify(nowhere.body))
    }
  })

  test('is not a viewer’s to ask, and makes no key for one', async () => {
    const before = await ask('GET', '/api/v1/audit')
    const { status, body } = await play('', mine.viewer)
    expect([status, JSON.stringify(body)]).toEqual([403, expect.stringContaining('permission_denied')])
    expect((await ask('GET', '/api/v1/audit')).body).toEqual(before.body)
  })

  test.each(['key_id=', `key_id=${'x'.repeat(5000)}`, 'key_id=a&key_id=b', 'model=x', 'key_id=%00', 'account=..%2F'])(
    'refuses ?%s',
    async (query) => {
      const { status } = await play(query, mine.owner)
      expect([400, 404]).toContain(status)
    },
  )
})
