import { createHash as nodesHash, hash as hashOfNode } from 'node:crypto'
import { createHash, hash, randomBytes } from './crypto.ts'

test.each(['', 'abc', 'größe', ...[54, 55, 56, 63, 64, 65, 1000].map((length) => 'x'.repeat(length))])(
  'the digest of %j is the one of Node',
  (text) => {
    expect(createHash('sha256').update(text).digest('hex')).toBe(nodesHash('sha256').update(text).digest('hex'))
    expect([...createHash('sha256').update('a').update(text).digest()]).toEqual([
      ...nodesHash('sha256').update('a').update(text).digest(),
    ])
  },
)

test.each([0, 1, 55, 56, 64, 200])('the digest in one go of %i bytes is the one of Node', (length) => {
  const bytes = Buffer.alloc(length, 0xe7)
  expect(hash('sha256', bytes, 'binary')).toBe(hashOfNode('sha256', bytes, 'binary'))
})

test('bytes are never twice the same', () => {
  const [a, b] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
  expect(a).toMatch(/^[0-9a-f]{64}$/)
  expect(a).not.toBe(b)
})
