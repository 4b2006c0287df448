import { createHash as nodesHash, createHmac as nodesHmac } from 'node:crypto'
import { createHash, createHmac, createSecretKey, randomBytes } from './crypto.ts'

test.each(['', 'abc', 'größe', ...[54, 55, 56, 63, 64, 65, 1000].map((length) => 'x'.repeat(length))])(
  'the digest of %j is the one of Node',
  (text) => {
    expect(createHash('sha256').update(text).digest('hex')).toBe(nodesHash('sha256').update(text).digest('hex'))
    expect([...createHash('sha256').update('a').update(text).digest()]).toEqual([
      ...nodesHash('sha256').update('a').update(text).digest(),
    ])
  },
)

test.each([0, 1, 32, 63, 64, 65, 200])('a keyed digest is the one of Node, with a key of %i bytes', (length) => {
  const key = Buffer.alloc(length, 7)
  const bytes = Buffer.from('größe')
  expect([...createHmac('sha256', createSecretKey(key)).update('abc').update(bytes).digest()]).toEqual([
    ...nodesHmac('sha256', key).update('abc').update(bytes).digest(),
  ])
})

test('bytes are never twice the same', () => {
  const [a, b] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
  expect(a).toMatch(/^[0-9a-f]{64}$/)
  expect(a).not.toBe(b)
})
