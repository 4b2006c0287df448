import { bytesOf } from './__fixtures__/bytes-of.ts'
import { decodeText } from './decode-text.ts'

async function decoded(bytes: Uint8Array, pieceBytes: number): Promise<string> {
  let text = ''
  for await (const piece of decodeText(bytesOf(bytes, pieceBytes))) text += piece
  return text
}

const text = 'model,cost\nZoë 🐢,"1"\n李,2\n'
const bigEndian = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16()

test.each([
  { what: 'UTF-8', bytes: Buffer.from(text) },
  { what: 'UTF-8 with a mark', bytes: Buffer.from(`\uFEFF${text}`) },
  { what: 'UTF-16, the low byte first', bytes: Buffer.from(`\uFEFF${text}`, 'utf16le') },
  { what: 'UTF-16, the high byte first', bytes: bigEndian(Buffer.from(`\uFEFF${text}`, 'utf16le')) },
])('$what is read, in pieces of any length', async ({ bytes }) => {
  for (const length of [1, 2, 3, 5, 7, 1000]) expect(await decoded(bytes, length)).toBe(text)
})

const gzip = Buffer.from([0x1f, 0x8b, 8, 0, 0])

test.each([
  {
    what: 'Latin-1',
    bytes: Buffer.from('model,cost\na,1\nZoë,2\n', 'latin1'),
    says: /^Line 3 is not UTF-8 \(byte 0xeb\): it may be Latin-1/,
  },
  {
    what: 'Latin-1 at the end of a line',
    bytes: Buffer.from('Zoé ö\nüé\n', 'latin1'),
    says: /^Line 1 is not UTF-8 \(byte 0xe9\)/,
  },
  {
    what: 'a character cut in two at the end',
    bytes: Buffer.from('a,b\n1,ß').subarray(0, -1),
    says: /^Line 2 is not UTF-8, it ends within a character: the file was cut/,
  },
  {
    what: 'UTF-16 without a mark',
    bytes: Buffer.from('a,b\n', 'utf16le'),
    says: /^Line 1 has a zero byte: the file is UTF-16 without a mark/,
  },
  {
    what: 'half of a UTF-16 character',
    bytes: Buffer.from(`\uFEFFa\nb`, 'utf16le').subarray(0, -1),
    says: /^Behind line 2 the file is not UTF-16/,
  },
  { what: 'gzip', bytes: gzip, says: /compressed with gzip: unpack it first/ },
  { what: 'a workbook', bytes: Buffer.from('PK\u0003\u0004 and so on'), says: /a ZIP archive or a workbook/ },
])('$what is refused, with the line where there is one', async ({ bytes, says }) => {
  for (const length of [1, 2, 3, 1000]) await expect(decoded(bytes, length)).rejects.toThrow(says)
})
