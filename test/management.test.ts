import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import { managementRows } from '../packages/server/src/management/routes.ts'
import { adminParts } from './support/admin-parts.ts'

const TOKEN = 'the-token-of-the-operator'
let admin: Server

beforeEach(async () => {
  admin = createAdminServer(TOKEN, adminParts())
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  admin.close()
  admin.closeAllConnections()
})

interface Asking {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What the API answers: its status, headers, and body as JSON if there is one. */
async function ask(method: string, path: string, { headers = {}, body }: Asking = {}) {
  const { port } = admin.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
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
  const change = { headers: { 'if-match': etag } }
  const changed = await ask('PATCH', `/keys/${made.id}`, { ...change, body: { name: 'b' } })
  expect([changed.status, changed.headers.get('etag'), changed.body.name]).toEqual([200, '"2"', 'b'])
  const late = await ask('PATCH', `/keys/${made.id}`, { ...change, body: { name: 'c' } })
  expect(late).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
})

test('usage is added up by what the query says', async () => {
  expect(await ask('GET', '/usage?by=day')).toMatchObject({ status: 200 })
  expect(await ask('GET', '/usage')).toMatchObject({ status: 400, body: { code: 'invalid_value', param: 'by' } })
})

test('what only a running gateway knows is not made up without one', async () => {
  for (const path of ['/models', '/targets', '/providers'])
    expect(await ask('GET', path)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})

test.each([
  { what: 'a field nobody knows', path: '/keys', body: { name: 'a', colour: 'red' }, status: 400, param: 'colour' },
  { what: 'a body that is no JSON', path: '/keys', body: '{"name":', status: 400, param: undefined },
  { what: 'a body that is no object', path: '/keys', body: '["name"]', status: 400, param: undefined },
  { what: 'a field that the query said', path: '/keys?name=a', body: { name: 'b' }, status: 400, param: 'name' },
  { what: 'an id that the path said', path: '/keys/key_1/rotate', body: { id: 'key_2' }, status: 400, param: 'id' },
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
})

test('a revision that cannot be is refused', async () => {
  const answer = await ask('DELETE', '/keys/key_1', { headers: { 'if-match': 'W/"x"' } })
  expect(answer).toMatchObject({ status: 400, body: { param: 'if-match' } })
})

test('what it describes of itself is what there is', async () => {
  const { body } = await ask('GET', '/openapi.json')
  expect(body.openapi).toMatch(/^3\.1/)
  const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.toSorted()).toEqual(managementRows.map(({ method, path }) => `${method} ${path}`).toSorted())
  const { post } = body.paths['/api/v1/keys']
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
