import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { KeyedHash } from './keyed-hash.ts'

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })

const nodesOf = (key: Uint8Array, said: Uint8Array): string => createHmac('sha256', key).update(said).digest('hex')

const hexOf = (digest: string): string => Buffer.from(digest, 'binary').toString('hex')

test('whatever is said, under whatever key, it is the HMAC-SHA-256 of it, one after the other', () => {
  fc.assert(
    fc.property(bytes(200), fc.array(bytes(2000), { maxLength: 5 }), (key, texts) => {
      const keyed = new KeyedHash(key)
      const digests = texts.map((said) => keyed.digest(said))
      expect(digests.map(hexOf)).toEqual(texts.map((said) => nodesOf(key, said)))
    }),
  )
})

test.each([0, 31, 32, 63, 64, 65, 448, 449, 10_000])('%i bytes are as good as any', (length) => {
  const [key, said] = [Buffer.alloc(length, 3), Buffer.alloc(length, 0xe7)]
  expect(hexOf(new KeyedHash(key).digest(said))).toBe(nodesOf(key, said))
})
