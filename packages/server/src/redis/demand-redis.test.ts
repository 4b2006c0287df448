import { complaintsOfRedis, readInfo, versionOf } from './demand-redis.ts'

const facts = (changes: Readonly<Record<string, string>> = {}) => {
  const info = {
    redis_version: '7.0.15',
    role: 'master',
    cluster_enabled: '0',
    maxmemory: '0',
    maxmemory_human: '0B',
    maxmemory_policy: 'noeviction',
    ...changes,
  }
  const lines = Object.entries(info).map(([name, value]) => `${name}:${value}`)
  return readInfo(['# Server', ...lines, ''].join('\r\n'))
}

test.each([
  [{}, 'Redis 7.0.15'],
  [{ redis_version: '7.2.4', server_name: 'valkey', valkey_version: '8.1.0' }, 'Valkey 8.1.0'],
])('with %j it is called %s', (changes, called) => {
  expect(versionOf(facts(changes))).toBe(called)
})

test('a server that keeps what it counts may be used, and Valkey as well', () => {
  expect(complaintsOfRedis(facts())).toEqual([])
  expect(complaintsOfRedis(facts({ redis_version: '7.2.4', server_name: 'valkey', valkey_version: '8.1.0' }))).toEqual(
    [],
  )
  expect(complaintsOfRedis(facts({ redis_version: '6.2.0', maxmemory_policy: 'volatile-lru' }))).toEqual([])
})

test.each([
  [{ redis_version: '6.0.16' }, 'Use Redis 6.2 or later, or Valkey'],
  [{ redis_version: '2.8.0' }, 'Use Redis 6.2 or later, or Valkey'],
  [{ cluster_enabled: '1' }, 'Use one server with its replicas'],
  [{ role: 'slave' }, 'Give the address of its primary'],
  [{ maxmemory_policy: 'allkeys-lru' }, 'Set maxmemory-policy noeviction'],
])('one with %j is refused with what helps', (changes, remedy) => {
  expect(complaintsOfRedis(facts(changes))).toEqual([{ says: expect.stringContaining(remedy), isRefusal: true }])
})

test('one that throws away what has an end once its memory is full may be used, and is told of', () => {
  const changes = { maxmemory: '1000', maxmemory_human: '1000B', maxmemory_policy: 'volatile-ttl' }
  expect(complaintsOfRedis(facts(changes))).toEqual([
    { says: expect.stringContaining('Set maxmemory-policy noeviction'), isRefusal: false },
  ])
})
