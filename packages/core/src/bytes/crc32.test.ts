import fc from 'fast-check'
import { crc32 as nodes } from 'node:zlib'
import { crc32 } from './crc32.ts'

test('the checksum is the one of zlib, of all bytes and of some', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (bytes, one, other) => {
      const [start, end] = [one, other].map((at) => Math.min(at, bytes.length)).toSorted((a, b) => a - b) as [
        number,
        number,
      ]
      expect(crc32(bytes)).toBe(nodes(bytes))
      expect(crc32(bytes, start, end)).toBe(nodes(bytes.subarray(start, end)))
    }),
  )
})
