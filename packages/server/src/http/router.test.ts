import { createRouter, segmentsOf, type Access, type Listener, type Route, type Served } from './router.ts'

const handle = (): void => {}

const gateway: Served = { listener: 'gateway', authenticates: ['public', 'key'] }
const admin: Served = { listener: 'admin', authenticates: ['operator'] }

const table: readonly Route[] = [
  { method: 'GET', path: '/healthz', access: 'public', handle },
  { method: 'GET', path: '/v1/models', access: 'key', handle },
  { method: 'GET', path: '/v1/models/*', access: 'key', handle },
  { method: 'POST', path: '/v1/chat/completions', access: 'key', handle },
]

const router = createRouter(table, gateway)

test.each([
  { method: 'GET', path: '/healthz', finds: '/healthz' },
  { method: 'GET', path: '/v1/models', finds: '/v1/models' },
  { method: 'GET', path: '/v1/models/meta/llama', finds: '/v1/models/*' },
  { method: 'GET', path: '/v1/models/meta%2Fllama', finds: '/v1/models/*' },
  { method: 'GET', path: '/v1/models/*', finds: '/v1/models/*' },
  { method: 'POST', path: '/v1/chat/completions', finds: '/v1/chat/completions' },
  { method: 'HEAD', path: '/healthz', finds: '/healthz' },
  { method: 'HEAD', path: '/v1/models/meta/llama', finds: '/v1/models/*' },
])('$method $path finds $finds', ({ method, path, finds }) => {
  expect(router.find(method, path).path).toBe(finds)
})

test.each([
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/v1' },
  { method: 'GET', path: '/v1/models/' },
  { method: 'GET', path: '/v1/modelsx' },
  { method: 'GET', path: '/V1/models' },
  { method: 'GET', path: '/v1%2Fmodels' },
  { method: 'GET', path: '/v1//models' },
  { method: 'POST', path: '/v1/chat/completions/' },
  { method: 'GET', path: '/__proto__' },
  { method: 'GET', path: '/constructor' },
])('$method $path finds nothing', ({ method, path }) => {
  expect(() => router.find(method, path)).toThrow(expect.objectContaining({ code: 'unknown_url', status: 404 }))
})

test.each([
  { method: 'GET', path: '/v1/chat/completions', instead: 'POST' },
  { method: 'DELETE', path: '/v1/models/meta/llama', instead: 'GET' },
  { method: 'HEAD', path: '/v1/chat/completions', instead: 'POST' },
  { method: 'toString', path: '/healthz', instead: 'GET' },
])('$method $path is told to use $instead', ({ method, path, instead }) => {
  expect(() => router.find(method, path)).toThrow(
    expect.objectContaining({ code: 'method_not_allowed', message: expect.stringContaining(`Use ${instead}.`) }),
  )
})

test('a path is shown only as far as it is worth reading', () => {
  const long = `/${'x'.repeat(10_000)}`
  expect(() => router.find('GET', long)).toThrow(/^.{1,400}$/)
})

test('a route that does not say who may call it is refused', () => {
  const open = { method: 'GET', path: '/v1/secrets', handle } as unknown as Route
  expect(() => createRouter([open], gateway)).toThrow('GET /v1/secrets does not declare who may call it')
  const odd = { ...open, access: 'everyone' } as unknown as Route
  expect(() => createRouter([odd], gateway)).toThrow('does not declare who may call it')
})

test.each<{ access: Access; listener?: Listener; on: Served; says: RegExp | undefined }>([
  { access: 'public', on: gateway, says: undefined },
  { access: 'key', on: gateway, says: undefined },
  { access: 'key', listener: 'gateway', on: gateway, says: undefined },
  { access: 'operator', on: admin, says: undefined },
  { access: 'operator', on: gateway, says: /belongs to the admin listener and not to the gateway one/ },
  {
    access: 'operator',
    listener: 'gateway',
    on: gateway,
    says: /never on the gateway listener: leave its listener out/,
  },
  { access: 'key', on: admin, says: /belongs to the gateway listener and not to the admin one/ },
  { access: 'key', listener: 'admin', on: admin, says: /is key, which is never on the admin listener/ },
  { access: 'public', listener: 'admin', on: admin, says: /called by public, and the admin listener/ },
  { access: 'account:owner', on: admin, says: /no authenticator for that: give it one first/ },
  {
    access: 'account:owner',
    listener: 'gateway',
    on: gateway,
    says: /called by account:owner, and the gateway listener/,
  },
  { access: 'account:member', on: { ...admin, authenticates: ['operator', 'account'] }, says: undefined },
])('$access on $listener is served by $on or refused', ({ access, listener, on, says }) => {
  const route = { method: 'GET', path: '/a', access, listener, handle } as Route
  const make = (): unknown => createRouter([route], on)
  if (says === undefined) expect(make).not.toThrow()
  else expect(make).toThrow(says)
})

test.each(['account', 'account:', 'operator:all', '', 'constructor'])('"%s" is no access', (access) => {
  const route = { method: 'GET', path: '/a', access, handle } as unknown as Route
  expect(() => createRouter([route], gateway)).toThrow('GET /a does not declare who may call it')
})

test('a route that is there twice is refused', () => {
  const route: Route = { method: 'GET', path: '/a', access: 'public', handle }
  expect(() => createRouter([route, { ...route, access: 'key' }], gateway)).toThrow('GET /a is in the table twice')
})

test('what can be got can be asked about', () => {
  expect(router.methods('/healthz?x=1')).toBe('GET, HEAD')
  expect(router.methods('/v1/chat/completions')).toBe('POST')
})

describe('a path with open places', () => {
  const keys = createRouter(
    [
      { method: 'GET', path: '/keys/{id}', access: 'operator', handle },
      { method: 'PATCH', path: '/keys/{id}', access: 'operator', handle },
      { method: 'GET', path: '/keys/usual', access: 'operator', handle },
      { method: 'POST', path: '/keys/{id}/rotate', access: 'operator', handle },
    ],
    admin,
  )

  test.each([
    { method: 'GET', path: '/keys/key_1', finds: '/keys/{id}' },
    { method: 'PATCH', path: '/keys/key_1', finds: '/keys/{id}' },
    { method: 'GET', path: '/keys/usual', finds: '/keys/usual' },
    { method: 'POST', path: '/keys/key_1/rotate', finds: '/keys/{id}/rotate' },
    { method: 'HEAD', path: '/keys/%C3%A4', finds: '/keys/{id}' },
  ])('$method $path finds $finds', ({ method, path, finds }) => {
    expect(keys.find(method, path).path).toBe(finds)
  })

  test.each(['/keys', '/keys/', '/keys/a/b', '/keys/%FF', '/keys/a/rotate/b', '//key_1'])(
    '%s finds nothing',
    (path) => {
      expect(() => keys.find('GET', path)).toThrow(expect.objectContaining({ code: 'unknown_url' }))
    },
  )

  test('says which methods it takes', () => {
    expect(keys.methods('/keys/key_1')).toBe('GET, HEAD, PATCH')
    expect(() => keys.find('DELETE', '/keys/key_1')).toThrow('Use GET or PATCH.')
  })

  test('tells what it took, decoded', () => {
    expect(segmentsOf('/a/{b}/c/{d}', '/a/x%2Fy/c/%E2%82%AC')).toEqual({ b: 'x/y', d: '€' })
    expect(segmentsOf('/a/{b}', '/a/__proto__')).toEqual({ b: '__proto__' })
    expect(segmentsOf('/a/{b}', '/c/x')).toBeUndefined()
  })
})
