import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Buffer as WebBuffer } from './buffer.ts'

const texts = [
  '',
  'a',
  'Hello, world!',
  'größe',
  '通义 🙂',
  '\ufeffmark',
  'half \ud83d',
  '\u0000\n"',
  'x'.repeat(20_000),
]
const encodings = ['utf8', 'latin1', 'hex', 'base64', 'base64url', 'ascii'] as const

/** Bytes that are the same each time, and any. */
const bytesOf = (length: number, seed = 7): number[] =>
  Array.from({ length }, (_, index) => (index * 31 + seed * seed * 17 + (index >> 3) * 101) & 0xff)

const same = (own: Uint8Array, nodes: Uint8Array): void => expect([...own]).toEqual([...nodes])

describe.each(encodings)('in %s', (encoding) => {
  test.each(texts)('a text becomes the bytes it becomes in Node: %j', (text) => {
    const encoded = Buffer.from(text).toString(encoding)
    same(WebBuffer.from(encoded, encoding), Buffer.from(encoded, encoding))
    expect(WebBuffer.byteLength(encoded, encoding)).toBe(Buffer.byteLength(encoded, encoding))
  })

  test.each([0, 1, 2, 3, 100, 20_000])('%d bytes become the text they become in Node', (length) => {
    const bytes = bytesOf(length)
    const [own, nodes] = [WebBuffer.from(bytes), Buffer.from(bytes)]
    for (const [start, end] of [[], [1], [1, length - 1], [-3, 2], [2, 1], [0, length + 5]]) {
      expect(own.toString(encoding, start, end)).toBe(nodes.toString(encoding, start, end))
    }
  })
})

test.each(['QUI', 'QUJD\nREVG', 'QUI=', 'QUI-_w', 'Q', '', 'QUI=QUI='])(
  'the base64 %j is read as Node reads it',
  (text) => {
    same(WebBuffer.from(text, 'base64'), Buffer.from(text, 'base64'))
  },
)

test('what is looked for is found where Node finds it', () => {
  const text = 'abcabcäabc\n\nabc'
  const [own, nodes] = [WebBuffer.from(text), Buffer.from(text)]
  for (const wanted of ['', 'abc', 'ä', '\n\n', 'nowhere', 'c\n', 97, 10, 256 + 97]) {
    for (const from of [0, 1, 5, 16, 30, -3, -30]) {
      expect([wanted, from, own.indexOf(wanted, from)]).toEqual([wanted, from, nodes.indexOf(wanted, from)])
      expect([wanted, from, own.includes(wanted, from)]).toEqual([wanted, from, nodes.includes(wanted, from)])
    }
    expect([wanted, own.indexOf(wanted)]).toEqual([wanted, nodes.indexOf(wanted)])
    if (wanted !== '') expect([wanted, own.lastIndexOf(wanted)]).toEqual([wanted, nodes.lastIndexOf(wanted)])
  }
  expect(own.lastIndexOf('abc', 5)).toBe(nodes.lastIndexOf('abc', 5))
  expect(own.indexOf(WebBuffer.from('cä'))).toBe(nodes.indexOf(Buffer.from('cä')))
})

test('bytes are compared, copied and joined as in Node', () => {
  const samples = [[], [1], [1, 2], [1, 3], [2], bytesOf(9)]
  for (const a of samples) {
    for (const b of samples) {
      const [own, other] = [WebBuffer.from(a), WebBuffer.from(b)]
      const [nodes, nodesOther] = [Buffer.from(a), Buffer.from(b)]
      expect(own.compare(other)).toBe(nodes.compare(nodesOther))
      expect(own.equals(other)).toBe(nodes.equals(nodesOther))
      same(WebBuffer.concat([own, other, own]), Buffer.concat([nodes, nodesOther, nodes]))
      same(WebBuffer.concat([own, other], 3), Buffer.concat([nodes, nodesOther], 3))
      const [room, nodesRoom] = [WebBuffer.alloc(4, 9), Buffer.alloc(4, 9)]
      expect(own.copy(room, 1, 0)).toBe(nodes.copy(nodesRoom, 1, 0))
      same(room, nodesRoom)
    }
  }
  const [own, nodes] = [WebBuffer.from(bytesOf(20)), Buffer.from(bytesOf(20))]
  expect(own.compare(WebBuffer.from(bytesOf(20)), 2, 6, 2, 6)).toBe(nodes.compare(nodes, 2, 6, 2, 6))
})

test('what is written stands where Node writes it', () => {
  for (const text of ['abc', 'ä🙂', '']) {
    const [own, nodes] = [WebBuffer.alloc(5), Buffer.alloc(5)]
    expect(own.write(text, 2)).toBe(nodes.write(text, 2))
    same(own, nodes)
  }
  const [own, nodes] = [WebBuffer.alloc(8), Buffer.alloc(8)]
  own.writeUInt32BE(0xfedcba98, 0)
  nodes.writeUInt32BE(0xfedcba98, 0)
  own.writeFloatLE(-1.5, 4)
  nodes.writeFloatLE(-1.5, 4)
  same(own, nodes)
  expect(own.readFloatLE(4)).toBe(-1.5)
})

test('numbers are read and written as Node does, and beyond the end alike', () => {
  const [own, nodes] = [WebBuffer.alloc(8), Buffer.alloc(8)]
  for (const each of [own, nodes]) {
    expect(each.writeUInt32LE(0xfedcba98, 0)).toBe(4)
    expect(each.writeUInt16LE(0xfedc, 4)).toBe(6)
    expect(each.writeInt16LE(-2, 6)).toBe(8)
    expect(() => each.readUInt32BE(5)).toThrow(/out\b.*range|outside/i)
    expect(() => each.readUIntBE(6, 3)).toThrow(/out\b.*range|outside/i)
  }
  same(own, nodes)
  expect(own.readUInt32BE(1)).toBe(nodes.readUInt32BE(1))
  expect(own.readUInt32LE(1)).toBe(nodes.readUInt32LE(1))
  expect(own.readUInt16BE(3)).toBe(nodes.readUInt16BE(3))
  expect(own.readUInt16LE(3)).toBe(nodes.readUInt16LE(3))
  expect(own.readUIntBE(2, 3)).toBe(nodes.readUIntBE(2, 3))
  expect(own.readBigInt64LE()).toBe(nodes.readBigInt64LE())
  expect(own.readBigUInt64BE()).toBe(nodes.readBigUInt64BE())
})

test('every number that core reads or writes in bytes is read or written here too', () => {
  const core = resolve(import.meta.dirname, '..')
  const sources = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.(?:test|contract)\.ts$|__fixtures__|^node[/\\]/.test(path),
  )
  const used = sources.flatMap((path) =>
    Array.from(
      readFileSync(resolve(core, path), 'utf8').matchAll(/\.((?:read|write)(?:Big)?(?:U?Int|Float|Double)\w*)\(/g),
      ([, name = '']) => name,
    ),
  )
  const own = WebBuffer.alloc(0) as unknown as Record<string, unknown>
  expect(used).toContain('writeUInt32LE')
  expect([...new Set(used)].filter((name) => typeof own[name] !== 'function')).toEqual([])
})

test('a part is a view with all that the whole can do, as in Node', () => {
  const own = WebBuffer.from('abcdef')
  const part = own.subarray(1, 4)
  expect(WebBuffer.isBuffer(part)).toBe(true)
  expect(part.toString()).toBe('bcd')
  own[1] = 120
  expect([part.toString(), own.slice(1, 3).toString()]).toEqual(['xcd', 'xc'])
  expect(JSON.stringify(WebBuffer.of(1, 2))).toBe(JSON.stringify(Buffer.of(1, 2)))
})

test('bytes of others are viewed where they are shared, and copied where they are listed', () => {
  const bytes = new Uint8Array([1, 2, 3])
  same(WebBuffer.from(bytes.buffer, 1, 2), Buffer.from(bytes.buffer, 1, 2))
  const copy = WebBuffer.from(bytes)
  bytes[0] = 9
  expect([copy[0], WebBuffer.from(bytes.buffer)[0]]).toEqual([1, 9])
  expect(WebBuffer.isBuffer(bytes)).toBe(false)
})
