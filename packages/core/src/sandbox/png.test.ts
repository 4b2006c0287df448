import { crc32, inflateSync } from 'node:zlib'
import { encodePng } from './png.ts'

function chunksOf(png: Buffer): { type: string; data: Buffer; isIntact: boolean }[] {
  const chunks: { type: string; data: Buffer; isIntact: boolean }[] = []
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const body = png.subarray(at + 4, at + 8 + length)
    const isIntact = crc32(body) === png.readUInt32BE(at + 8 + length)
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4), isIntact })
    at += 12 + length
  }
  return chunks
}

test.each([
  { size: 'small', width: 16, height: 3 },
  { size: 'large', width: 2048, height: 600 },
])('a PNG that is $size holds its pixels and their sums', ({ width, height }) => {
  const rows = Array.from({ length: height }, (_, line) => Buffer.alloc(width / 8, line % 251))
  const chunks = chunksOf(encodePng(width, rows, [255, 255, 255], [1, 2, 3]))
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND'])
  expect(chunks.every(({ isIntact }) => isIntact)).toBe(true)
  const [header, palette, pixels] = chunks.map(({ data }) => data)
  expect([header?.readUInt32BE(0), header?.readUInt32BE(4), ...(header?.subarray(8) ?? [])]).toEqual([
    width,
    height,
    1,
    3,
    0,
    0,
    0,
  ])
  expect([...(palette ?? [])]).toEqual([255, 255, 255, 1, 2, 3])
  const expected = Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row]))
  expect(inflateSync(pixels ?? Buffer.alloc(0)).equals(expected)).toBe(true)
})
