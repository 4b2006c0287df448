import { jest } from '@jest/globals'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SpekaError } from '@speka/core'
import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import type { AdminParts } from '../packages/server/src/management/management-route.ts'
import { segmentsOf } from '../packages/server/src/http/router.ts'
import { LIVE_ANSWERS_PATH } from '../packages/server/src/management/live-answers.ts'
import { LIVE_PATH } from '../packages/server/src/management/live-requests.ts'
import { isList } from '../packages/server/src/management/page.ts'
import { playgroundRows } from '../packages/server/src/management/playground-rows.ts'
import { passkeyRows } from '../packages/server/src/management/passkey-rows.ts'
import { sessionRows } from '../packages/server/src/management/session-rows.ts'
import { managementRows } from '../packages/server/src/management/routes.ts'
import { signInRows } from '../packages/server/src/management/sign-in-rows.ts'
import { usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { adminParts } from './support/admin-parts.ts'
import { eventually } from './support/eventually.ts'
import { openRaw } from './support/raw-http.ts'

const TOKEN = 'the-token-of-the-operator'
let admin: Server
let parts: AdminParts

beforeEach(async () => {
  parts = adminParts()
  admin = createAdminServer(TOKEN, parts)
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  admin.close()
  admin.closeAllConnections()
})

interface Asking {
  /** Default: the operator's. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What the API answers: its status, headers, and body as JSON if there is one. */
async function ask(method: string, path: string, { token = TOKEN, headers = {}, body }: Asking = {}) {
  const { port } = admin.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.ok && text !== '') expectDescribed(method, path, JSON.parse(text))
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** What is answered is what the description says. */
function expectDescribed(method: string, path: string, body: unknown): void {
  const [asked = ''] = path.split('?')
  const row = managementRows.find(
    (one) => one.method === method && segmentsOf(one.path, `/api/v1${asked}`) !== undefined,
  )
  if (row?.operation.output === undefined) return
  const said = isList(row.operation) ? (body as { data: unknown }).data : body
  expect(row.operation.output.safeParse(said).error).toBeUndefined()
}

test('a key is made, shown, listed and stopped', async () => {
  const made = await ask('POST', '/keys', { body: { name: 'reports', models: ['meta/*'] } })
  expect(made).toMatchObject({ status: 201, body: { name: 'reports', key: expect.stringMatching(/^sk-speka-live-/) } })
  const { key: _, ...shown } = made.body
  expect(await ask('GET', `/keys/${shown.id}`)).toMatchObject({ status: 200, body: { id: shown.id, name: 'reports' } })
  expect((await ask('GET', '/keys')).status).toBe(200)
  expect(await ask('DELETE', `/keys/${shown.id}`)).toMatchObject({ status: 200, body: { status: 'revoked' } })
  expect(JSON.stringify((await ask('GET', `/keys/${shown.id}`)).body)).not.toContain(made.body.key)
})

test('a list comes in parts, each of which says where the next begins', async () => {
  for (const name of ['a', 'b', 'c']) await ask('POST', '/keys', { body: { name } })
  const names = ({ body }: Awaited<ReturnType<typeof ask>>) => body.data.map((key: { name: string }) => key.name)
  const first = await ask('GET', '/keys?limit=2')
  const second = await ask('GET', `/keys?limit=2&after=${first.body.next}`)
  expect([...names(first), ...names(second)].toSorted()).toEqual(['a', 'b', 'c'])
  expect(second.body.next).toBeNull()
  expect((await ask('GET', '/keys')).body.next).toBeNull()
  expect(await ask('GET', '/keys?after=key_made_up')).toMatchObject({ status: 400, body: { param: 'after' } })
  expect(await ask('GET', '/keys?limit=0')).toMatchObject({ status: 400, body: { param: 'limit' } })
})

test('what was seen is known by its etag, and changed only as long as it is what was seen', async () => {
  const { body: made } = await ask('POST', '/keys', { body: { name: 'a' } })
  const seen = await ask('GET', `/keys/${made.id}`)
  const etag = seen.headers.get('etag') ?? ''
  expect(etag).toBe('"1"')
  expect(await ask('GET', `/keys/${made.id}`, { headers: { 'if-none-match': etag } })).toMatchObject({
    status: 304,
    body: undefined,
  })
  for (const known of ['W/"1"', '"7", "1"', '*'])
    for (const method of ['GET', 'HEAD'])
      expect((await ask(method, `/keys/${made.id}`, { headers: { 'if-none-match': known } })).status).toBe(304)
  const change = { headers: { 'if-match': etag } }
  const changed = await ask('PATCH', `/keys/${made.id}`, { ...change, body: { name: 'b' } })
  expect([changed.status, changed.headers.get('etag'), changed.body.name]).toEqual([200, '"2"', 'b'])
  const late = await ask('PATCH', `/keys/${made.id}`, { ...change, body: { name: 'c' } })
  expect(late).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
})

test('what has no revision cannot be expected to have one', async () => {
  const answer = await ask('POST', '/keys', { headers: { 'if-match': '"1"' }, body: { name: 'a' } })
  expect(answer).toMatchObject({ status: 400, body: { param: 'if-match' } })
})

/** What does not change from one request to the next. */
const steady = (headers: Headers) =>
  [...headers].filter(([name]) => !['x-request-id', 'date', 'connection', 'keep-alive'].includes(name))

test('HEAD has the status and headers of GET, and no body', async () => {
  const { id } = (await ask('POST', '/keys', { body: { name: 'a' } })).body
  for (const path of ['/keys', `/keys/${id}`, '/keys/key_none', '/usage?by=day', '/openapi.json']) {
    const [got, asked] = [await ask('GET', path), await ask('HEAD', path)]
    expect([path, asked.status, asked.body]).toEqual([path, got.status, undefined])
    if (got.status < 400) expect(steady(asked.headers)).toEqual(steady(got.headers))
  }
  const live = await ask('HEAD', '/requests/live')
  expect([live.status, live.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
})

test('a path that takes other methods says which', async () => {
  const answer = await ask('PUT', '/keys/key_1', { body: { name: 'a' } })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH, DELETE'])
  expect((await ask('OPTIONS', '/keys')).status).toBe(405)
})

test.each(['/keys?colour=red', '/keys?limit=1001', '/keys?limit=1e9', '/keys?limit=-1', '/keys?limit=2&limit=3'])(
  'GET %s is refused',
  async (path) => {
    const param = path.includes('colour') ? 'colour' : 'limit'
    expect(await ask('GET', path)).toMatchObject({ status: 400, body: { param } })
  },
)

test('a query holds question marks and what else may be in a name', async () => {
  const { ledger } = parts.operations.store
  const record = usageRecord({ customer: 'who?&=+ü' })
  await ledger.settle(record)
  await ledger.settle(usageRecord({ customer: 'who' }))
  const found = await ask('GET', `/requests?customer=who?${encodeURIComponent('&=+ü')}`)
  expect(found.body.data.map(({ id }: { id: string }) => id)).toEqual([record.id])
})

test('what a GET sends along is not read', async () => {
  const { port } = admin.address() as AddressInfo
  const body = '{"limit":0}'
  const client = await openRaw(`http://127.0.0.1:${port}`)
  client.send(
    `GET /api/v1/keys HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  expect((await client.closed()).text).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('who asks before sending a body is told to send it, once, or is refused without', async () => {
  const { port } = admin.address() as AddressInfo
  const body = '{"name":"a"}'
  const head = (token: string) =>
    `POST /api/v1/keys HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\nconnection: close\r\nexpect: 100-continue\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const client = await openRaw(`http://127.0.0.1:${port}`)
  client.send(head(TOKEN))
  await client.until('100 Continue')
  client.send(body)
  expect((await client.closed()).text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 201'])
  const stranger = await openRaw(`http://127.0.0.1:${port}`)
  stranger.send(head('nobody'))
  await stranger.until('invalid_api_key')
  expect(stranger.received()).toMatch(/^HTTP\/1\.1 401/)
  stranger.destroy()
})

test('usage is added up by what the query says', async () => {
  expect(await ask('GET', '/usage?by=day')).toMatchObject({ status: 200 })
  expect(await ask('GET', '/usage')).toMatchObject({ status: 400, body: { code: 'invalid_value', param: 'by' } })
})

test('usage of more groups than can be had at once is refused', async () => {
  const { operations } = parts
  admin.close()
  admin = createAdminServer(TOKEN, { ...parts, operations: { ...operations, mostGroups: 1 } })
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  for (const customer of ['a', 'b']) await operations.store.ledger.settle(usageRecord({ customer }))
  expect(await ask('GET', '/usage?by=customer')).toMatchObject({ status: 400, body: { param: 'by' } })
  expect(await ask('GET', '/usage?by=customer&customer=a')).toMatchObject({ status: 200 })
})

test('what only a running gateway knows is not made up without one', async () => {
  for (const path of ['/models', '/targets', '/providers'])
    expect(await ask('GET', path)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

test.each([
  { what: 'a field nobody knows', path: '/keys', body: { name: 'a', colour: 'red' }, status: 400, param: 'colour' },
  { what: 'a body that is no JSON', path: '/keys', body: '{"name":', status: 400, param: undefined },
  { what: 'a body that is no object', path: '/keys', body: '["name"]', status: 400, param: undefined },
  { what: 'a field that the query said', path: '/keys?name=a', body: { name: 'b' }, status: 400, param: 'name' },
  { what: 'an id that the path said', path: '/keys/key_1/rotate', body: { id: 'key_2' }, status: 400, param: 'id' },
  { what: 'no body', path: '/keys', body: undefined, status: 400, param: 'name' },
  { what: 'a field twice', path: '/keys', body: '{"name":"a","name":"b"}', status: 400, param: 'name' },
  { what: 'a prototype', path: '/keys', body: '{"name":"a","__proto__":{}}', status: 400, param: '__proto__' },
  { what: 'a deep body', path: '/keys', body: `{"name":${deep(100_000)}}`, status: 400, param: undefined },
  { what: 'a body of 2 MB', path: '/keys', body: { name: 'x'.repeat(2_000_000) }, status: 413, param: undefined },
])('$what is a problem that says so', async ({ path, body, status, param }) => {
  const answer = await ask('POST', path, { body })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
  expect(answer.body).toEqual({
    status,
    title: expect.any(String),
    detail: expect.any(String),
    code: expect.any(String),
    ...(param === undefined ? {} : { param }),
  })
})

test('a body that does not say it is JSON is not read as such', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await ask('POST', '/keys', { body: '{"name":"a"}', headers })).toMatchObject({ status: 415 })
  const encoded = { 'content-encoding': 'gzip' }
  expect(await ask('POST', '/keys', { body: '{"name":"a"}', headers: encoded })).toMatchObject({ status: 415 })
})

test('a revision that cannot be is refused', async () => {
  const answer = await ask('DELETE', '/keys/key_1', { headers: { 'if-match': 'W/"x"' } })
  expect(answer).toMatchObject({ status: 400, body: { param: 'if-match' } })
})

test.each(managementRows)('$method $path says what it answers', ({ operation }) => {
  expect(operation.output).toBeDefined()
})

/** The headers that a route is described to take. */
const headersOf = ({ parameters }: { parameters: { in: string; name: string }[] }) =>
  parameters.filter((one) => one.in === 'header').map(({ name }) => name)

const played = playgroundRows.map(({ path }) => ({ method: 'POST', path }))
const streamed = [LIVE_PATH, LIVE_ANSWERS_PATH].map((path) => ({ method: 'GET', path }))

test('what it describes of itself is what there is', async () => {
  const { body } = await ask('GET', '/openapi.json')
  expect(body.openapi).toMatch(/^3\.1/)
  const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.toSorted()).toEqual(
    [...managementRows, ...sessionRows, ...signInRows, ...passkeyRows, ...played, ...streamed]
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  )
  const { post } = body.paths['/api/v1/keys']
  expect(headersOf(post)).toEqual(['idempotency-key'])
  expect(headersOf(body.paths['/api/v1/keys/{id}'].patch)).toEqual(['if-match'])
  expect(headersOf(body.paths['/api/v1/keys/{id}/rotate'].post)).toEqual(['idempotency-key', 'if-match'])
  const { schema } = post.requestBody.content['application/json']
  expect(schema).toMatchObject({ required: ['name'], additionalProperties: false })
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['name', 'mode', 'models', 'expires_at']))
  const names = Object.values<{ operationId: string }[]>(body.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  expect(new Set(names).size).toBe(names.length)
})

describe('a POST with an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'first-key' }

  test('is done once, and answered alike each time', async () => {
    const made = await ask('POST', '/keys', { body: { name: 'a' }, headers })
    const again = await ask('POST', '/keys', { body: { name: 'a' }, headers })
    expect([again.status, again.body]).toEqual([201, made.body])
    expect([made, again].map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    const listed = JSON.stringify((await ask('GET', '/keys')).body)
    expect(listed.match(/"key_/g)).toHaveLength(1)
  })

  test('is refused for something else', async () => {
    await ask('POST', '/keys', { body: { name: 'a' }, headers })
    expect(await ask('POST', '/keys', { body: { name: 'b' }, headers })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })

  test('may be tried again when it was refused', async () => {
    expect(await ask('POST', '/keys', { body: { name: '' }, headers })).toMatchObject({ status: 400 })
    expect(await ask('POST', '/keys', { body: { name: 'a' }, headers })).toMatchObject({ status: 201 })
  })
})

/** An account with one of everything, and a token of each role. */
async function account(name: string) {
  const { id } = (await ask('POST', '/accounts', { body: { name } })).body
  const make = async (path: string, body: object) =>
    (await ask('POST', path, { body: { account: id, ...body } })).body.id as string
  const token = async (role: string) => {
    const body = { account: id, name: role, role }
    return (await ask('POST', '/tokens', { body })).body.token as string
  }
  return {
    id,
    team: await make('/teams', { name: 'team' }),
    member: await make('/members', { email: 'ann@example.com', role: 'member' }),
    key: await make('/keys', { name: 'key' }),
    owner: await token('owner'),
    viewer: await token('viewer'),
  }
}

describe('a token of an account', () => {
  test('sees and changes what is the account’s, and nothing else', async () => {
    const [own, other] = [await account('own'), await account('other')]
    const [mine] = [usageRecord({ account: own.id }), usageRecord({ account: other.id })]
    const record = usageRecord({ account: other.id })
    for (const one of [mine, record]) await parts.operations.store.ledger.settle(one)
    for (const path of ['/accounts', '/teams', '/members', '/keys', '/tokens', '/audit', '/requests']) {
      const { status, body } = await ask('GET', path, { token: own.owner })
      expect([path, status]).toEqual([path, 200])
      expect(body.data.length).toBeGreaterThan(0)
      expect(JSON.stringify(body)).not.toContain(other.id)
    }
    const ofOthers = [
      ['GET', `/accounts/${other.id}`],
      ['GET', `/keys/${other.key}`],
      ['PATCH', `/keys/${other.key}`],
      ['DELETE', `/keys/${other.key}`],
      ['POST', `/keys/${other.key}/rotate`],
      ['PATCH', `/members/${other.member}`],
      ['DELETE', `/members/${other.member}`],
      ['GET', `/requests/${record.id}`],
      ['GET', `/usage?by=key&account=${other.id}`],
      ['GET', `/requests?account=${other.id}`],
      ['GET', `/keys?account=${other.id}`],
      ['GET', `/audit?account=${other.id}`],
    ] as const
    for (const [method, path] of ofOthers) {
      const body = method === 'PATCH' ? (path.startsWith('/members') ? { role: 'viewer' } : { name: 'x' }) : undefined
      const asked = body === undefined ? {} : { body }
      expect([method, path, (await ask(method, path, { token: own.owner, ...asked })).status]).toEqual([
        method,
        path,
        404,
      ])
    }
    const intruding = { token: own.owner, body: { name: 'x', account: other.id } }
    for (const path of ['/teams', '/keys']) expect((await ask('POST', path, intruding)).status).toBe(404)
    expect(await ask('GET', `/keys/${own.key}`, { token: own.viewer })).toMatchObject({ status: 200 })
    expect(await ask('GET', `/requests/${mine.id}`, { token: own.viewer })).toMatchObject({ status: 200 })
  })

  test('may do what its role may', async () => {
    const { id, key, viewer, owner } = await account('own')
    const forbidden = { status: 403, body: { code: 'permission_denied' } }
    expect(await ask('DELETE', `/keys/${key}`, { token: viewer })).toMatchObject(forbidden)
    expect(await ask('POST', `/accounts/${id}/suspend`, { token: owner })).toMatchObject(forbidden)
    expect(await ask('GET', '/providers', { token: owner })).toMatchObject(forbidden)
    expect(await ask('GET', '/audit/verify', { token: owner })).toMatchObject(forbidden)
    expect(await ask('DELETE', `/keys/${key}`, { token: owner })).toMatchObject({ status: 200 })
  })

  test('does not get the answer that another token got', async () => {
    const { owner, viewer } = await account('own')
    const same = { headers: { 'idempotency-key': 'same' }, body: { name: 'secret' } }
    expect(await ask('POST', '/keys', { ...same, token: owner })).toMatchObject({ status: 201 })
    expect(await ask('POST', '/keys', { ...same, token: viewer })).toMatchObject({ status: 403 })
  })

  test('is nobody’s once it is revoked, or its account suspended', async () => {
    const [one, two] = [await account('one'), await account('two')]
    const tokens = (await ask('GET', `/tokens?account=${one.id}`)).body.data as { id: string; name: string }[]
    const id = tokens.find(({ name }) => name === 'owner')?.id
    await ask('DELETE', `/tokens/${id}`)
    await ask('POST', `/accounts/${two.id}/suspend`)
    for (const token of [one.owner, two.owner, `${two.owner}x`, 'speka-admin-'])
      expect(await ask('GET', '/keys', { token })).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } })
    expect(await ask('GET', '/keys', { token: one.viewer })).toMatchObject({ status: 200 })
  })
})

describe('requests', () => {
  test('are listed by what is asked for, in parts', async () => {
    const { ledger } = parts.operations.store
    const records = [1, 2, 3].map((at) => usageRecord({ createdAt: at * 1000, customer: at === 2 ? 'b' : 'a' }))
    for (const record of records) await ledger.settle(record)
    const ids = (answer: Awaited<ReturnType<typeof ask>>) => answer.body.data.map(({ id }: { id: string }) => id)
    const first = await ask('GET', '/requests?limit=2')
    const second = await ask('GET', `/requests?limit=2&after=${first.body.next}`)
    expect([...ids(first), ...ids(second)]).toEqual(records.map(({ id }) => id).toReversed())
    expect(ids(await ask('GET', '/requests?customer=b'))).toEqual([records[1]?.id])
    expect(ids(await ask('GET', '/requests?first=oldest&until=1970-01-01T00:00:02Z'))).toEqual([records[0]?.id])
    expect(await ask('GET', '/requests?after=made-up')).toMatchObject({ status: 400, body: { param: 'after' } })
    expect(await ask('GET', '/requests?outcome=odd')).toMatchObject({ status: 400, body: { param: 'outcome' } })
  })

  test('are told as they are put on record, to who asks for them', async () => {
    const { port } = admin.address() as AddressInfo
    const headers = { authorization: `Bearer ${TOKEN}` }
    const { ledger } = parts.operations.store
    await ledger.settle(usageRecord({ createdAt: Date.now() }))
    const stream = await fetch(`http://127.0.0.1:${port}/api/v1/requests/live?customer=a`, { headers })
    const record = usageRecord({ createdAt: Date.now(), customer: 'a' })
    await ledger.settle(usageRecord({ createdAt: Date.now(), customer: 'b' }))
    await ledger.settle(record)
    const reader = stream.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    const text = Buffer.from(value ?? []).toString()
    expect(text).toMatch(new RegExp(`^event: request\nid: ${record.id}\ndata: \\{.*\\}\n\n$`))
    await reader?.cancel()
    expect(await ask('GET', '/requests/live?limit=3')).toMatchObject({ status: 400, body: { param: 'limit' } })
  })

  test('are told as long as the token holds', async () => {
    const { id, viewer } = await account('own')
    const stream = await live(viewer)
    await ask('POST', `/accounts/${id}/suspend`)
    expect(await stream.text()).toBe('')
  })

  test('are told to so many at once, and to others all the same', async () => {
    const { viewer } = await account('own')
    const open = await Promise.all(Array.from({ length: 10 }, () => live(viewer)))
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200))
    expect(await ask('GET', '/requests/live', { token: viewer })).toMatchObject({ status: 429 })
    const others = await live(TOKEN)
    expect(others.status).toBe(200)
    await Promise.all([...open, others].map((one) => one.body?.cancel()))
    await eventually(async () => {
      const again = await live(viewer)
      await again.body?.cancel()
      return again.status === 200
    }, 'there is room again')
  })
})

/** The live tail, open. */
function live(token: string): Promise<Response> {
  const { port } = admin.address() as AddressInfo
  return fetch(`http://127.0.0.1:${port}${LIVE_PATH}`, { headers: { authorization: `Bearer ${token}` } })
}

/** The listener anew, on a ledger that cannot be added up: whom a fault is told to. */
const failing = async (error: Error) => {
  const told = jest.fn()
  const { operations } = adminParts()
  const failed = async () => {
    throw error
  }
  const ledger = { ...operations.store.ledger, totals: failed }
  parts = adminParts({ operations: { ...operations, store: { ...operations.store, ledger } }, tellFault: told })
  admin.close()
  admin = createAdminServer(TOKEN, parts)
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  return told
}

describe('what goes wrong on this side', () => {
  test('is told to the log, and not to who asks', async () => {
    const told = await failing(new Error('a secret'))
    const { status, body, headers } = await ask('GET', '/usage?by=key')
    expect([status, body.code]).toEqual([500, 'internal_error'])
    expect(JSON.stringify(body)).not.toContain('a secret')
    expect(told).toHaveBeenCalledWith(headers.get('x-request-id'), expect.objectContaining({ code: 'internal_error' }))
  })

  test('names files to the operator alone, and says when to come back', async () => {
    await failing(new SpekaError('storage_unavailable', '/data/speka.sqlite is full.', { retryAfterMs: 1500 }))
    const { viewer } = await account('own')
    const [toOperator, toViewer] = [
      await ask('GET', '/usage?by=key'),
      await ask('GET', '/usage?by=key', { token: viewer }),
    ]
    expect([toOperator.status, toViewer.status]).toEqual([503, 503])
    expect(toOperator.headers.get('retry-after')).toBe('2')
    expect(toOperator.body.detail).toContain('speka.sqlite')
    expect(toViewer.body.detail).not.toContain('speka.sqlite')
  })
})
