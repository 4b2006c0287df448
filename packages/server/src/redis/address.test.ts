import { readRedisUrl } from './address.ts'

test('a URL says where a Redis is, who asks, and which of its databases', () => {
  expect(readRedisUrl('redis://cache.example.com')).toEqual({
    host: 'cache.example.com',
    port: 6379,
    user: undefined,
    password: undefined,
    database: 0,
    tls: undefined,
    name: 'redis://cache.example.com:6379/0',
  })
  expect(readRedisUrl('rediss://speka:s%40cret@[::1]:6380/3')).toEqual({
    host: '::1',
    port: 6380,
    user: 'speka',
    password: 's@cret',
    database: 3,
    tls: { servername: '::1' },
    name: 'rediss://[::1]:6380/3',
  })
})

test.each([
  'cache.example.com:6379',
  'http://:hunter2@cache.example.com',
  'redis://',
  'redis://:hunter2@cache.example.com/zero',
  'redis://:hunter2@cache.example.com/0?family=6',
  'redis://:hunter2%@cache.example.com/0',
])('%s is refused, and its password is in no message', (url) => {
  expect(() => readRedisUrl(url)).toThrow(/^SPEKA_REDIS_URL cannot be used\. (?!.*hunter2)/)
})
