import { gzipSync } from 'node:zlib'
import { routesOf } from '../packages/server/src/app.ts'
import { identityOf } from '../packages/server/src/config/identity-schema.ts'
import { isAnthropics } from '../packages/server/src/http/envelope.ts'
import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { playgroundRows } from '../packages/server/src/management/playground-rows.ts'
import { createToken } from '../packages/server/src/operations/create-token.ts'
import { operator } from '../packages/server/src/operations/__fixtures__/two-accounts.ts'
import { openRaw, post, sendRaw, type RawResponse } from './support/raw-http.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const hello = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }
const MiB = 1024 * 1024

let app: StartedApp

beforeAll(async () => {
  app = await startApp({
    models: {
      'any/*': { targets: [{ provider: 'sandbox', model: 'speka/sandbox' }], price: { input: '1', output: '1' } },
    },
  })
})

afterAll(() => app?.close())

const one = async (bytes: string | Uint8Array): Promise<RawResponse> => {
  const [response] = await sendRaw(app.origin, bytes)
  if (response === undefined) throw new Error('There was no response.')
  return response
}

const get = (path: string, ...headers: string[]): string =>
  `GET ${path} HTTP/1.1\r\n${['Host: gateway', `Authorization: Bearer ${app.liveKey}`, ...headers].join('\r\n')}\r\n\r\n`

const chat = (body: unknown = hello, ...headers: string[]): string =>
  post('/v1/chat/completions', app.liveKey, body, headers)

const errorOf = ({ body }: RawResponse): { message: string; type: string; param: string | null; code: string } =>
  (JSON.parse(body) as { error: ReturnType<typeof errorOf> }).error

/** What every error has, whatever it is about. */
function expectError(response: RawResponse, status: number, code: string): void {
  expect(`${response.status} ${errorOf(response).code}`).toBe(`${status} ${code}`)
  expect(JSON.parse(response.body)).toEqual({
    error: {
      message: expect.stringMatching(/\S/),
      type: expect.stringMatching(/^\w+$/),
      param: response.body.includes('"param":null') ? null : expect.any(String),
      code,
    },
  })
  expect(response.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/),
    'x-should-retry': expect.stringMatching(/^(?:true|false)$/),
  })
}

/** The same in the words of Anthropic's API. */
function expectAnthropicError(response: RawResponse, status: number, type: string): void {
  expect(response.status).toBe(status)
  expect(JSON.parse(response.body)).toEqual({
    type: 'error',
    error: { type, message: expect.stringMatching(/\S/) },
    request_id: response.headers['request-id'],
  })
}

const table = (): { method: string; path: string; access: string }[] =>
  routesOf(app.parts).map(({ method, path, access }) => ({ method, path: path.replace('*', 'a/b'), access }))

const ask = ({ method, path }: { method: string; path: string }, authorization?: string): Promise<RawResponse> =>
  one(
    `${method} ${path} HTTP/1.1\r\nHost: gateway\r\n${authorization === undefined ? '' : `Authorization: ${authorization}\r\n`}Content-Length: 0\r\n\r\n`,
  )

describe('every route', () => {
  test('is public or wants a key', async () => {
    const open = table().filter(({ access }) => access === 'public')
    // Where no payments are collected, nobody at Stripe has anything to say.
    const statuses = { '/healthz': 200, '/readyz': 200, '/webhooks/stripe': 404, '/api/hello': 200 }
    expect(open.map(({ path }) => path)).toEqual(Object.keys(statuses))
    for (const route of open) expect((await ask(route)).status).toBe(statuses[route.path as keyof typeof statuses])
  })

  test.each([
    { what: 'no key', authorization: () => undefined },
    { what: 'an empty key', authorization: () => 'Bearer ' },
    { what: 'a key nobody was given', authorization: () => `Bearer ${mintKey('live')}` },
    { what: 'a mistyped key', authorization: () => `Bearer ${app.liveKey.slice(0, -1)}` },
    { what: 'another scheme', authorization: () => `Basic ${app.liveKey}` },
    { what: 'two keys', authorization: () => `Bearer ${app.liveKey} ${app.testKey}` },
    { what: 'words of SQL', authorization: () => `Bearer ' OR '1'='1` },
  ])('that wants a key refuses $what', async ({ authorization }) => {
    const keyed = table().filter(({ access }) => access === 'key')
    expect(keyed.length).toBeGreaterThanOrEqual(5)
    for (const route of keyed) {
      const response = await ask(route, authorization())
      if (isAnthropics({ url: route.path, headers: {} })) expectAnthropicError(response, 401, 'authentication_error')
      else expectError(response, 401, 'invalid_api_key')
      expect(response.headers['www-authenticate']).toBe('Bearer')
    }
  })

  test('takes neither a key’s id nor its digest for the key', async () => {
    for (const { id, digest } of (await app.store.registry.list('key')).map(({ record }) => record))
      for (const credential of [id, digest, `sk-speka-live-${digest}`])
        expectError(await one(get('/v1/key').replace(app.liveKey, credential)), 401, 'invalid_api_key')
  })

  test('has the scheme in any case', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer '])
      expect((await one(get('/v1/key').replace('Bearer', scheme))).status).toBe(200)
  })
})

function chunked(body: string): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${app.liveKey}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`
}

describe('a request that is refused for what it is', () => {
  test.each([
    { what: 'two Hosts', bytes: () => get('/v1/models', 'Host: other') },
    { what: 'no Host', bytes: () => get('/v1/models').replace('Host: gateway\r\n', '') },
    { what: 'an empty Host', bytes: () => get('/v1/models').replace('gateway', '') },
    { what: 'a Host with a path', bytes: () => get('/v1/models').replace('gateway', 'localhost/#@evil') },
    { what: 'a Host with a user', bytes: () => get('/v1/models').replace('gateway', 'a@evil') },
    { what: 'a Host with a port that is none', bytes: () => get('/v1/models').replace('gateway', 'gateway:evil') },
    { what: 'an absolute form', bytes: () => get('http://evil/v1/models') },
    { what: 'a path of two slashes', bytes: () => get('//evil/v1/models') },
    { what: 'a backslash', bytes: () => get('/v1\\models') },
    { what: 'a NUL', bytes: () => get('/v1/models/%00') },
    { what: 'dots as segments', bytes: () => get('/v1/models/../../admin') },
    { what: 'a dot as the last segment', bytes: () => get('/v1/.') },
    { what: 'two Authorizations', bytes: () => get('/v1/models', `Authorization: Bearer ${app.testKey}`) },
    { what: 'two content types', bytes: () => chat(hello, 'Content-Type: text/plain') },
    { what: 'an expectation nobody knows', bytes: () => chat(hello, 'Expect: a-miracle') },
    {
      what: 'HTTP/1.0 in chunks',
      bytes: () =>
        `POST /v1/chat/completions HTTP/1.0\r\nAuthorization: Bearer ${app.liveKey}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    },
    { what: 'HTTP/0.9', bytes: () => 'GET /\r\n\r\n' },
    { what: 'a length and chunks', bytes: () => chat(hello, 'Transfer-Encoding: chunked') },
    { what: 'two lengths', bytes: () => chat(hello, 'Content-Length: 3') },
    { what: 'a length with a sign', bytes: () => chat().replace('Content-Length: ', 'Content-Length: +') },
    { what: 'an odd transfer encoding', bytes: () => get('/v1/models', 'Transfer-Encoding: xchunked') },
    { what: 'chunks and then something', bytes: () => get('/v1/models', 'Transfer-Encoding: chunked, identity') },
    { what: 'a space before a colon', bytes: () => get('/v1/models', 'X-A : b') },
    { what: 'a folded header', bytes: () => get('/v1/models', 'X-A: b\r\n c') },
    { what: 'bare line feeds', bytes: () => get('/v1/models', 'X-A: b\nX-C: d') },
    { what: 'a NUL in a header', bytes: () => get('/v1/models', 'X-A: b\0c') },
    { what: 'another protocol', bytes: () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
    { what: 'a chunk too long to count', bytes: () => chunked('fffffffffffffffff\r\n') },
    { what: 'a chunk that is no number', bytes: () => chunked('zz\r\nab\r\n') },
  ])('gets 400: $what', async ({ bytes }) => {
    expectError(await one(bytes()), 400, 'invalid_request')
  })

  test('gets 431 for headers that are too large', async () => {
    expectError(await one(get('/v1/models', `X-A: ${'a'.repeat(70_000)}`)), 431, 'headers_too_large')
  })

  test('gets 415 for a compressed body', async () => {
    const body = gzipSync(JSON.stringify(hello))
    const head = chat('', 'Content-Encoding: gzip').replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)
    const bytes = Buffer.concat([Buffer.from(head.slice(0, head.indexOf('\r\n\r\n') + 4)), body])
    expectError(await one(bytes), 415, 'unsupported_media_type')
  })

  test.each(['key', 'api_key', 'API_KEY', 'access_token', 'token'])('gets 400 for a key in ?%s=', async (name) => {
    const response = await one(get(`/v1/models?${name}=${app.liveKey}`))
    expectError(response, 400, 'invalid_request')
    expect(response.body).not.toContain(app.liveKey)
  })

  test('gets 404 or 405 where there is nothing', async () => {
    expectError(await one(get('/v1/nothing-here')), 404, 'unknown_url')
    expectError(await one(get('/v1/audio/speech')), 405, 'method_not_allowed')
    expectError(await one(get('/v1/chat/completions')), 405, 'method_not_allowed')
    expectError(await one(get('/v1/models').replace('GET', 'BREW')), 400, 'invalid_request')
    expectError(await one(get('/v1/models').replace('GET', 'DELETE')), 405, 'method_not_allowed')
  })
})

function inChunks(body: string, trailer = ''): string {
  return (
    `POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${app.liveKey}\r\n` +
    `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n${trailer}\r\n`
  )
}

describe('a request that is odd but fine', () => {
  test.each([
    { what: 'HTTP/1.0', bytes: () => get('/v1/models').replace('HTTP/1.1', 'HTTP/1.0') },
    {
      what: 'HTTP/1.0 without Host',
      bytes: () => get('/v1/models').replace('1.1', '1.0').replace('Host: gateway\r\n', ''),
    },
    { what: 'a Host with a port', bytes: () => get('/v1/models').replace('gateway', '127.0.0.1:7735') },
    { what: 'a Host of IPv6', bytes: () => get('/v1/models').replace('gateway', '[::1]:7735') },
    { what: 'a header called __proto__', bytes: () => get('/v1/models', '__proto__: x', 'constructor: y') },
    { what: 'another Accept', bytes: () => get('/v1/models', 'Accept: image/png') },
    { what: 'a body in chunks', bytes: () => inChunks(JSON.stringify(hello)) },
    {
      what: 'a trailer that names another key',
      bytes: () => inChunks(JSON.stringify(hello), 'Authorization: Bearer x\r\n'),
    },
  ])('is answered: $what', async ({ bytes }) => {
    expect((await one(bytes())).status).toBe(200)
  })
})

describe('three requests in one piece', () => {
  test('are answered in order', async () => {
    const responses = await sendRaw(app.origin, get('/healthz') + chat() + get('/v1/key'), 3)
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(responses.map(({ body }) => (JSON.parse(body) as { object?: string }).object)).toEqual([
      undefined,
      'chat.completion',
      'key',
    ])
    expect(new Set(responses.map(({ headers }) => headers['x-request-id'])).size).toBe(3)
  })

  test('are authenticated each', async () => {
    const bad = get('/v1/key').replace(app.liveKey, mintKey('live'))
    const nobody = get('/v1/key').replace(/Authorization: .*\r\n/, '')
    const responses = await sendRaw(app.origin, get('/v1/key') + bad + nobody + get('/v1/key'), 4)
    expect(responses.map(({ status }) => status)).toEqual([200, 401, 401, 200])
  })

  test('a refused body is not taken for the next request', async () => {
    const smuggled = 'GET /v1/key HTTP/1.1\r\nHost: gateway\r\n\r\n'
    const refused = `POST /v1/nothing HTTP/1.1\r\nHost: gateway\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`
    const responses = await sendRaw(app.origin, refused + get('/healthz'), 2)
    expect(responses.map(({ status }) => status)).toEqual([404, 200])
  })

  test('garbage behind a stream does not end up in it, and closes the connection after it', async () => {
    const client = await openRaw(app.origin)
    client.send(chat({ ...hello, model: 'speka/sandbox:long@20000', stream: true }))
    await client.until('data: ')
    client.send('garbage\r\n\r\n')
    client.send('more\r\n\r\n')
    const { text } = await client.closed()
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(text).toContain('[DONE]')
  })
})

/** All that comes of `bytes` until the connection is closed; each response begins with its status. */
async function allUntilClosed(bytes: string): Promise<{ statuses: string[]; text: string }> {
  const client = await openRaw(app.origin)
  client.send(bytes)
  const { text, error } = await client.closed()
  expect(error).toBeUndefined()
  return { statuses: [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status), text }
}

describe('a request that two programs would read differently', () => {
  test.each([
    { what: 'two Hosts', bytes: () => get('/v1/models', 'Host: other') },
    { what: 'two Authorizations', bytes: () => get('/v1/models', `Authorization: Bearer ${app.testKey}`) },
    { what: 'a Host with a path', bytes: () => get('/v1/models').replace('gateway', 'localhost/#@evil') },
    { what: 'an absolute form', bytes: () => get('http://evil/v1/models') },
    { what: 'dots as segments', bytes: () => get('/v1/models/../../admin') },
    { what: 'an expectation nobody knows', bytes: () => get('/v1/models', 'Expect: a-miracle') },
    {
      what: 'HTTP/1.0 in chunks',
      bytes: () => `POST /v1/key HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    },
    { what: 'a length and chunks', bytes: () => chat(hello, 'Transfer-Encoding: chunked') },
    { what: 'two lengths', bytes: () => chat(hello, 'Content-Length: 3') },
    { what: 'an odd transfer encoding', bytes: () => get('/v1/models', 'Transfer-Encoding: xchunked') },
    { what: 'chunks and then something', bytes: () => get('/v1/models', 'Transfer-Encoding: chunked, identity') },
    { what: 'a space before a colon', bytes: () => get('/v1/models', 'X-A : b') },
  ])('ends its connection, and the request behind it is not answered: $what', async ({ bytes }) => {
    const settled = app.settled.length
    const { statuses, text } = await allUntilClosed(bytes() + get('/v1/key') + chat())
    expect(statuses).toEqual(['400'])
    expect(text).toMatch(/\r\nconnection: close\r\n/i)
    expect(app.settled).toHaveLength(settled)
  })

  test('ends it behind what is under way', async () => {
    const { statuses } = await allUntilClosed(chat() + get('/v1/key', 'Host: other') + get('/v1/key'))
    expect(statuses).toEqual(['200', '400'])
    expect(app.inFlight.count).toBe(0)
  })
})

describe('a thousand requests in one piece', () => {
  test('are answered, and the connection is closed behind them, whatever follows', async () => {
    const { statuses, text } = await allUntilClosed(get('/healthz').repeat(1003))
    expect(statuses).toEqual(Array.from({ length: 1000 }, () => '200'))
    expect(text.match(/connection: close/gi)).toHaveLength(1)
    expect(app.inFlight.count).toBe(0)
  })
})

describe('a body that is too large', () => {
  test('is refused by its length, before it is sent', async () => {
    const response = await one(chat().replace(/Content-Length: \d+/, `Content-Length: ${33 * MiB}`))
    expectError(response, 413, 'request_too_large')
    expect(response.headers['connection']).toBe('close')
  })

  test('is refused while it is sent, and the client gets to read why', async () => {
    const client = await openRaw(app.origin)
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${app.liveKey}\r\n`
    client.send(`${head}Content-Length: ${40 * MiB}\r\n\r\n`)
    for (let sent = 0; sent < 40; sent += 1) client.send(Buffer.alloc(MiB, 'x'))
    const { text, error } = await client.closed()
    expect(error).toBeUndefined()
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('"code":"request_too_large"')
  })

  test('is refused in chunks too, without being kept', async () => {
    const client = await openRaw(app.origin)
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${app.liveKey}\r\n`
    client.send(`${head}Transfer-Encoding: chunked\r\n\r\n`)
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MiB, 'x'), Buffer.from('\r\n')])
    for (let sent = 0; sent < 40; sent += 1) client.send(piece)
    client.send('0\r\n\r\n')
    const { text, error } = await client.closed()
    expect(error).toBeUndefined()
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('of a stranger is not read at all', async () => {
    const client = await openRaw(app.origin)
    client.send(`POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: ${30 * MiB}\r\n\r\n`)
    await client.until('"invalid_api_key"')
    expect(client.received()).toContain('connection: close')
    client.destroy()
  })
})

const head = (key: string, length: number): string =>
  post('/v1/chat/completions', key, {}, ['Expect: 100-continue'])
    .replace(/Content-Length: \d+/, `Content-Length: ${length}`)
    .replace('{}', '')

describe('a client that asks before it sends', () => {
  test('is told to go on, and answered', async () => {
    const client = await openRaw(app.origin)
    const body = JSON.stringify(hello)
    client.send(head(app.liveKey, body.length))
    await client.until('HTTP/1.1 100 Continue\r\n\r\n')
    client.send(body)
    await client.until('HTTP/1.1 200 OK')
    client.destroy()
  })

  test.each([
    { what: 'a key nobody was given', key: () => mintKey('live'), length: 100, status: '401' },
    { what: 'a body too large', key: () => app.liveKey, length: 40 * MiB, status: '413' },
  ])('is refused before it sends: $what', async ({ key, length, status }) => {
    const client = await openRaw(app.origin)
    client.send(head(key(), length))
    await client.until(`HTTP/1.1 ${status} `)
    expect(client.received()).not.toContain('100 Continue')
    client.destroy()
  })
})

describe('a client that dawdles', () => {
  test.each([
    { what: 'its headers', bytes: 'GET /v1/models HTTP/1.1\r\nHost: g' },
    {
      what: 'its body',
      bytes: 'POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer KEY\r\nContent-Length: 9\r\n\r\n{',
    },
  ])('with $what is told so, and closed', async ({ bytes }) => {
    const impatient = await startApp({}, { headersMs: 200, requestMs: 300 })
    const client = await openRaw(impatient.origin)
    client.send(bytes.replace('KEY', impatient.liveKey))
    const { text } = await client.closed()
    if (bytes.startsWith('GET')) {
      expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
      expect(text).toContain('"code":"request_timeout"')
    }
    await impatient.close()
  })
})

describe('a model id', () => {
  const ids = [
    '../../etc/passwd',
    '%2e%2e%2f',
    'a\r\nX-Evil: 1',
    'x'.repeat(10_000),
    '🦙',
    'constructor',
    '__proto__',
    'toString',
    'speka/sandbox ',
    'Speka/Sandbox',
    'speka/sandbox:999',
    '\ud800',
  ]

  test.each(ids.map((id) => ({ id, shown: JSON.stringify(id).slice(0, 40) })))(
    'that nobody has is not found: $shown',
    async ({ id }) => {
      const response = await one(chat({ ...hello, model: id }))
      if (id.isWellFormed()) expectError(response, 404, 'model_not_found')
      else expect([400, 404]).toContain(response.status)
      expect(errorOf(response).message.length).toBeLessThan(400)
      expect(response.headers['x-evil']).toBeUndefined()
    },
  )

  test.each(ids.filter((id) => id.isWellFormed() && id.length < 1000).map((id) => ({ id })))(
    'in a path is not found either: $id',
    async ({ id }) => {
      expectError(await one(get(`/v1/models/${encodeURIComponent(id)}`)), 404, 'model_not_found')
    },
  )

  test('with a slash is found, encoded or not', async () => {
    for (const id of ['speka/sandbox', 'speka%2Fsandbox', 'speka%2fsandbox'])
      expect(JSON.parse((await one(get(`/v1/models/${id}`))).body)).toMatchObject({ id: 'speka/sandbox' })
  })

  test('is decoded once', async () => {
    expectError(await one(get('/v1/models/speka%252Fsandbox')), 404, 'model_not_found')
  })

  test('with an encoding that is none is not found', async () => {
    expectError(await one(get('/v1/models/%zz')), 404, 'model_not_found')
  })

  test('of line breaks that a glob lets through never becomes a header', async () => {
    const [response] = await sendRaw(app.origin, chat({ ...hello, model: 'any/a\r\nX-Evil: 1' }))
    expect(response?.status).toBe(200)
    expect(response?.headers['x-evil']).toBeUndefined()
    expect(response?.headers['x-speka-model']).toMatch(/^any\/a%0D%0AX-Evil/)
  })

  test('of line breaks in a path is not echoed in a header', async () => {
    const response = await one(get('/v1/models/a%0d%0aX-Evil:%201'))
    expect(response.headers['x-evil']).toBeUndefined()
  })
})

describe('a header of the caller', () => {
  test.each(['x-request-id: mine', 'x-speka-model: other', 'x-speka-cost-usd: 0'])(
    'never comes back: %s',
    async (line) => {
      const response = await one(chat(hello, line))
      const [name = '', value = ''] = line.split(': ')
      expect(response.headers[name]).not.toBe(value)
    },
  )

  test.each(['0', '-1', '1.5', 'soon', '1e3x', '99999999999'])('x-speka-timeout-ms: %s is refused', async (value) => {
    expectError(await one(chat(hello, `x-speka-timeout-ms: ${value}`)), 400, 'invalid_value')
  })
})

describe('a body for what is beside /v1', () => {
  let site: StartedApp
  let token: string
  beforeAll(async () => {
    const { scim } = identityOf({ scim: [{ roles: {} }] })
    site = await startApp({}, {}, { site: { directories: () => scim } })
    const operations = site.parts.site?.operations
    if (operations === undefined) throw new Error('there is no site')
    ;({ token } = await createToken(operations, operator, { account: 'default', role: 'owner', name: 'directory' }))
  })
  afterAll(() => site?.close())

  const things = ['Users', 'Users/nobody', 'Groups', 'Groups/nothing']
  const ofScim = things.flatMap((thing) =>
    (thing.includes('/') ? ['PUT', 'PATCH'] : ['POST']).map((method) => ({ method, path: `/scim/v2/${thing}` })),
  )
  const routes = [...ofScim, ...playgroundRows.map(({ path }) => ({ method: 'POST', path }))]
  const bodies: readonly (readonly [string, string | Uint8Array, string?])[] = [
    ['none', ''],
    ['half of an object', '{"a":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number that is too large', '1e999'],
    ['bytes that are no text', Uint8Array.of(0x22, 0xff, 0xfe, 0x22)],
    ['a prototype', '{"__proto__":{"userName":"a"},"constructor":{"prototype":{"schemas":[]}}}'],
    ['deep in lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['deep in objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['a field twice', '{"userName":"a@example.com","userName":7,"model":"a","model":7,"schemas":7}'],
    ['compressed', gzipSync('{}'), 'Content-Encoding: gzip'],
    ['of another type', '<a/>', 'Content-Type: text/xml'],
  ]

  test.each(routes)('$method $path is refused for it in words, whatever it is', async ({ method, path }) => {
    for (const [what, body, header = 'Content-Type: application/json'] of bodies) {
      const bytes = Buffer.from(body)
      const type = header.startsWith('Content-Type') ? [] : ['Content-Type: application/json']
      const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`, header, ...type]
      const all = Buffer.concat([Buffer.from([...head, `Content-Length: ${bytes.length}`, '', ''].join('\r\n')), bytes])
      const [answer] = await sendRaw(site.origin, all)
      expect({
        what,
        isRefused: [400, 404, 413, 415].includes(answer?.status ?? 0),
        status: answer?.status,
      }).toMatchObject({ what, isRefused: true })
      // What is compressed is refused before anybody looks where it goes.
      const envelope = path.startsWith('/scim') && what !== 'compressed'
      expect(JSON.parse(answer?.body ?? '')).toMatchObject(
        envelope
          ? { status: String(answer?.status), detail: expect.stringMatching(/\S/) }
          : { error: { message: expect.stringMatching(/\S/) } },
      )
    }
    expect(site.failures).toEqual([])
  })
})
