import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { deflate } from './deflate.ts'

const lines = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 40 }))
  .map(([line, times]) => ({ stride: line.length, data: Buffer.concat(Array.from({ length: times }, () => line)) }))
const noise = fc.tuple(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 700 })).map(([data, stride]) => ({
  data: Buffer.from(data),
  stride,
}))
const sparse = fc
  .array(fc.tuple(fc.constantFrom(0, 0xff, 7), fc.integer({ min: 1, max: 600 })), { maxLength: 6 })
  .map((runs) => ({ data: Buffer.concat(runs.map(([byte, length]) => Buffer.alloc(length, byte))), stride: 129 }))

test('what was compressed comes back', () => {
  fc.assert(
    fc.property(fc.oneof(lines, noise, sparse), ({ data, stride }) => {
      expect(inflateRawSync(deflate(data, stride)).equals(data)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('a line that repeats costs next to nothing', () => {
  const line = Buffer.from(Array.from({ length: 129 }, (_, at) => (at * 37) & 0xff))
  const data = Buffer.concat(Array.from({ length: 1024 }, () => line))
  expect(deflate(data, 129).length).toBeLessThan(2000)
})
