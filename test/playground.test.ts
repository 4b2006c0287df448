import { once } from 'node:events'
import { request } from 'node:http'
import { accountRoles, type AccountRole } from '../packages/server/src/actor.ts'
import { playgroundRows } from '../packages/server/src/management/playground-rows.ts'
import { createKey } from '../packages/server/src/operations/create-key.ts'
import { createAccount } from '../packages/server/src/operations/create-account.ts'
import { createToken } from '../packages/server/src/operations/create-token.ts'
import { PLAYGROUND_KEY } from '../packages/server/src/operations/playground-key.ts'
import { revokeKey } from '../packages/server/src/operations/revoke-key.ts'
import { accountRecord, put } from '../packages/server/src/store/__fixtures__/records.ts'
import type { Actor } from '../packages/server/src/actor.ts'
import { ask, type Answer } from './support/ask.ts'
import { eventually } from './support/eventually.ts'
import { ADMIN_TOKEN, startTwoListeners, type SignedIn, type TwoListeners } from './support/two-listeners.ts'

const operator: Actor = { kind: 'operator', by: 'admin_token' }
const CHAT = '/api/v1/playground/chat/completions'
const hello = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }
const streamed = { ...hello, stream: true, stream_options: { include_usage: true } }

let rig: TwoListeners
beforeEach(async () => {
  rig = await startTwoListeners()
})
afterEach(() => rig.close())

const bySession = ({ cookie, csrf }: SignedIn) => ({ cookie, 'x-speka-csrf': csrf, 'sec-fetch-site': 'same-origin' })
const member = async (role: AccountRole = 'member', account = 'acme'): Promise<Record<string, string>> =>
  bySession(await rig.signInMember(account, role))
const post = (path: string, headers: Record<string, string>, body: object = hello, origin = rig.origin) =>
  ask(origin, { method: 'POST', path, headers, body })
const keysOf = async (account: string) =>
  (await rig.operations.store.registry.list('key', { account })).map(({ record }) => record)
const keyOf = async (account: string, more: object = {}) =>
  (await createKey(rig.operations, operator, { account, name: 'a key', ...more })).id

const shape = ({ json }: Answer) => ({ ...json, id: '', created: 0, system_fingerprint: '' })
const ownHeaders = ({ headers }: Answer) => Object.keys(headers).filter((name) => name.startsWith('x-'))

test.each(['origin', 'adminOrigin'] as const)('is answered as /v1 is, by the %s', async (which) => {
  await rig.signInMember('acme', 'member')
  const { token } = await createToken(rig.operations, operator, { account: 'acme', name: 'a token', role: 'member' })
  const headers = { authorization: `Bearer ${token}` }
  const [played, direct] = [
    await post(CHAT, headers, hello, rig[which]),
    await post('/v1/chat/completions', { authorization: `Bearer ${rig.app.liveKey}` }),
  ]
  expect(played.status).toBe(200)
  expect(shape(played)).toEqual(shape(direct))
  expect(ownHeaders(played)).toEqual(ownHeaders(direct))
})

test('is charged to the key and the account, and found by the id in its head', async () => {
  const headers = await member()
  const { headers: head, json } = await post(CHAT, headers)
  const id = String(head['x-request-id'])
  const { json: record } = await ask(rig.origin, { path: `/api/v1/requests/${id}`, headers })
  const [key] = await keysOf('acme')
  expect(record).toMatchObject({ account: 'acme', key_id: key?.id, outcome: 'complete' })
  expect(record['cost_details']).toEqual(Reflect.get(json['usage'] as object, 'cost_details'))
})

test('has a key of its own for each member, made when it is first used, whatever comes at once', async () => {
  const [one, other] = [await member('member'), await member('admin')]
  const answers = await Promise.all([one, one, one, other, one].map((headers) => post(CHAT, headers)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  const keys = await keysOf('acme')
  expect(keys.map(({ name }) => name)).toEqual([PLAYGROUND_KEY, PLAYGROUND_KEY])
  expect(new Set(keys.map((key) => key.member)).size).toBe(2)
  // Nobody is shown it.
  for (const { body, headers } of answers) expect(`${body}${JSON.stringify(headers)}`).not.toContain('sk-speka-live-')
})

test('goes by a key there is, where the plan has no room for another', async () => {
  await put(rig.operations.store, 'account', accountRecord('small', { plan: 'free' }))
  const key = await keyOf('small')
  expect((await post(CHAT, await member('owner', 'small'))).status).toBe(200)
  expect((await keysOf('small')).map(({ id }) => id)).toEqual([key])
})

describe('as a key that was chosen', () => {
  test.each([
    { what: 'its models', more: { models: ['other/*'] }, code: 'model_not_allowed' },
    { what: 'its endpoints', more: { endpoints: ['embeddings'] }, code: 'endpoint_not_allowed' },
  ])('has $what, and is refused in the words of /v1', async ({ more, code }) => {
    const headers = await member()
    const key = await keyOf('acme', more)
    const answer = await post(`${CHAT}?key_id=${key}`, headers)
    expect(answer.json).toMatchObject({ error: { code } })
    expect(answer.status).toBe(403)
    expect(answer.headers['x-should-retry']).toBe('false')
  })

  test('works no more once that was revoked', async () => {
    const headers = await member()
    const key = await keyOf('acme')
    expect((await post(`${CHAT}?key_id=${key}`, headers)).status).toBe(200)
    await revokeKey(rig.operations, operator, { id: key })
    const answer = await post(`${CHAT}?key_id=${key}`, headers)
    expect([answer.status, answer.json]).toMatchObject([401, { error: { code: 'invalid_api_key' } }])
  })

  test('is of the own account, and else not there', async () => {
    const headers = await member('owner')
    await rig.signInMember('other', 'owner')
    const theirs = await keyOf('other')
    for (const query of [`key_id=${theirs}`, 'key_id=key_nowhere', 'account=other', `account=other&key_id=${theirs}`]) {
      const answer = await post(`${CHAT}?${query}`, headers)
      expect([query, answer.status, answer.headers['content-type']]).toEqual([query, 404, 'application/problem+json'])
    }
    expect((await keysOf('other')).map(({ id }) => id)).toEqual([theirs])
  })

  test('is not another member’s, but for who looks after members', async () => {
    const [one, admin] = [await member('member'), await member('admin')]
    const theirs = await keyOf('acme', { member: 'mem_acme_admin' })
    const ones = await keyOf('acme', { member: 'mem_acme_member' })
    expect((await post(`${CHAT}?key_id=${theirs}`, one)).json).toMatchObject({ code: 'permission_denied' })
    expect((await post(`${CHAT}?key_id=${ones}`, one)).status).toBe(200)
    expect((await post(`${CHAT}?key_id=${ones}`, admin)).status).toBe(200)
  })
})

describe.each(playgroundRows)('$path', ({ path }) => {
  const roles: Readonly<Record<AccountRole, boolean>> = {
    owner: true,
    admin: true,
    member: true,
    billing: false,
    viewer: false,
  }

  test.each(accountRoles)('lets in a %s who may make keys, and nobody else', async (role) => {
    const headers = await member(role)
    const before = await rig.operations.store.registry.version()
    const { status } = await post(path, headers, {})
    if (roles[role]) expect(status).not.toBe(403)
    else expect([status, await rig.operations.store.registry.version()]).toEqual([403, before])
  })

  test('is nobody’s who has not signed in, holds a virtual key, or is asked by another page', async () => {
    const { cookie, csrf } = await rig.signInMember('acme', 'owner')
    const refused: [Record<string, string>, number][] = [
      [{}, 401],
      [{ authorization: `Bearer ${rig.app.liveKey}` }, 401],
      [{ authorization: `Bearer ${ADMIN_TOKEN}` }, 401],
      [{ cookie }, 403],
      [{ cookie, 'x-speka-csrf': `${csrf}x` }, 403],
      [{ cookie, 'x-speka-csrf': csrf, 'sec-fetch-site': 'cross-site' }, 403],
    ]
    for (const [headers, status] of refused)
      expect([headers, (await post(path, headers)).status]).toEqual([headers, status])
    expect(await keysOf('acme')).toEqual([])
  })

  test('refuses what it does not know, and what is said twice', async () => {
    const headers = await member('owner')
    const wrong = { 'nonsense=1': 'nonsense', 'key_id=': 'key_id', 'key_id=a&key_id=b': 'key_id' }
    for (const [query, param] of Object.entries(wrong))
      expect([query, (await post(`${path}?${query}`, headers)).json]).toMatchObject([query, { status: 400, param }])
  })

  test('tells of a body that is none as /v1 does', async () => {
    const headers = await member('owner')
    await keyOf('acme')
    const answer = await post(path, headers, [])
    expect([answer.status, answer.json]).toMatchObject([400, { error: { type: 'invalid_request_error' } }])
  })
})

test('is for the operator in any account, as he says', async () => {
  const headers = bySession(await rig.signInOperator())
  const { id } = await createAccount(rig.operations, operator, { name: 'Acme' })
  const key = await keyOf(id)
  for (const query of [`?account=${id}`, `?key_id=${key}`, ''])
    expect([query, (await post(CHAT + query, headers, hello, rig.adminOrigin)).status]).toEqual([query, 200])
  // Ids of one millisecond have no order.
  expect((await keysOf(id)).map(({ name }) => name).toSorted()).toEqual([PLAYGROUND_KEY, 'a key'].toSorted())
})

/** Asks, and reads as it comes; `leave` closes the connection as a browser does that stops. */
async function open(headers: Record<string, string>, model: string) {
  const { hostname, port } = new URL(rig.origin)
  const asked = request({
    hostname,
    port,
    method: 'POST',
    path: CHAT,
    agent: false,
    headers: { ...headers, 'content-type': 'application/json' },
  })
  asked.end(JSON.stringify({ ...streamed, model }))
  const [response] = await once(asked, 'response')
  const got = { text: '', ended: false }
  response.setEncoding('utf8').on('data', (piece: string) => (got.text += piece))
  response.on('end', () => (got.ended = true)).on('error', () => {})
  asked.on('error', () => {})
  return { got, id: String(response.headers['x-request-id']), leave: () => asked.destroy() }
}

describe('a stream', () => {
  test('comes as it is made, with what it cost before its end', async () => {
    const { got } = await open(await member(), 'speka/sandbox')
    await eventually(() => got.ended, 'the stream has ended')
    expect(got.text).toMatch(/"cost_details":\{"total":"0\.\d+"\}.*\n\ndata: \[DONE\]\n\n$/s)
  })

  test('that breaks is told of, and never ends as if it were whole', async () => {
    const { got } = await open(await member(), 'speka/sandbox:cut@3')
    await eventually(() => got.ended, 'the stream has ended')
    expect(got.text).toContain('"error"')
    expect(got.text).not.toContain('[DONE]')
  })

  test('that is stopped is on record as cancelled, and charged for what came', async () => {
    const headers = await member()
    const { got, id, leave } = await open(headers, 'speka/sandbox:stall@3')
    await eventually(() => got.text.includes('"content"'), 'the stream has begun')
    leave()
    const record = await rig.app.record(0)
    expect(record).toMatchObject({ id, outcome: 'cancelled' })
    expect(record.charge).toBeGreaterThan(0n)
  })

  test.each([
    { what: 'its key is revoked', end: (key: string) => revokeKey(rig.operations, operator, { id: key }) },
    {
      what: 'whoever asked signs out',
      end: (_: string, headers: Record<string, string>) =>
        ask(rig.origin, { method: 'DELETE', path: '/api/v1/session', headers }),
    },
  ])('ends with an error when $what', async ({ end }) => {
    const headers = await member()
    const { got } = await open(headers, 'speka/sandbox:stall@3')
    await eventually(() => got.text.includes('"content"'), 'the stream has begun')
    const [key] = await keysOf('acme')
    await end(key?.id ?? '', headers)
    await eventually(() => got.ended, 'the stream has ended')
    expect(got.text).toContain('invalid_api_key')
    expect(got.text).not.toContain('[DONE]')
  })
})

describe('explaining a route', () => {
  const EXPLAIN = '/api/v1/routing/explain'

  test('is of what the key may use, and makes none', async () => {
    const headers = await member()
    expect((await post(EXPLAIN, headers)).json).toMatchObject({ code: 'invalid_value', param: 'key_id' })
    const key = await keyOf('acme', { models: ['speka/*'] })
    expect((await post(EXPLAIN, headers)).json).toMatchObject({
      object: 'route.explanation',
      candidates: [{ model: 'speka/sandbox', provider: 'sandbox' }],
      cost: { least: expect.stringMatching(/^0\.\d+$/) },
    })
    const other = await post(`${EXPLAIN}?key_id=${key}`, headers, { model: 'openai/gpt-oss-20b' })
    expect(other.json).toHaveProperty('error.code')
    expect((await keysOf('acme')).map(({ id }) => id)).toEqual([key])
    expect(rig.app.settled).toEqual([])
  })
})
