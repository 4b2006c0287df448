import { SpekaError } from '../../errors.ts'
import { randomFrom } from '../../../../../test/support/random-from.ts'
import type { FormEvent } from './form-event.ts'
import { formLimits } from './form-limits.ts'
import { isForm, MultipartReader } from './multipart-reader.ts'

const contentType = 'multipart/form-data; boundary=edge'

const part = (head: string, body: string): string => `--edge\r\n${head}\r\n\r\n${body}\r\n`
const field = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value)
const END = '--edge--\r\n'

/** What comes near a boundary and is none. */
const nearly = 'a\r\n--edg\r\n-edge\r\n--Edge\r\r\n--\n--edge--\r\n\r\n--edg'

const whole = `${field('model', 'whisper-1')}${field('empty', '')}${part(
  'content-disposition: form-data; filename="so; name=x.mp3"; name="file"\r\nContent-Type: audio/mpeg',
  nearly,
)}${part('Content-Disposition: form-data; name=bare; filename="%22q\\"ü.txt"', '')}${field('ü', 'größe 🙂')}${END}`

const found = [
  { field: 'model', value: 'whisper-1' },
  { field: 'empty', value: '' },
  { file: { name: 'file', filename: 'so; name=x.mp3', contentType: 'audio/mpeg' }, text: nearly },
  { file: { name: 'bare', filename: '"q"ü.txt', contentType: undefined }, text: '' },
  { field: 'ü', value: 'größe 🙂' },
]

/** What is told of a form that comes in these pieces, each file's bytes put together. */
function read(pieces: readonly Uint8Array[], type = contentType): object[] {
  const reader = new MultipartReader(type)
  const events = pieces.flatMap((piece) => reader.push(piece))
  reader.end()
  return together(events)
}

function together(events: readonly FormEvent[]): object[] {
  const parts: { field?: string; value?: string; file?: object; text?: string }[] = []
  for (const event of events) {
    const last = parts.at(-1)
    if (event.kind === 'field') parts.push({ field: event.name, value: event.value })
    else if (event.kind === 'file') parts.push({ file: event.head, text: '' })
    else if (last !== undefined) last.text += Buffer.from(event.bytes).toString('latin1')
  }
  return parts
}

function refusal(text: string | Buffer, type = contentType): SpekaError {
  try {
    read([Buffer.from(text)], type)
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('it was taken')
}

test('a form is its fields and files, in the order in which they came', () => {
  expect(read([Buffer.from(whole)])).toEqual(found)
  expect(read([Buffer.from(`a preamble\r\n${whole}an epilogue\r\n--edge`)])).toEqual(found)
  expect(read([Buffer.from(whole)], 'Multipart/Form-Data;charset=utf-8; boundary="edge"')).toEqual(found)
})

test('two pieces say the same, wherever they were split', () => {
  const bytes = Buffer.from(whole)
  for (let at = 0; at <= bytes.length; at += 1)
    expect([at, read([bytes.subarray(0, at), bytes.subarray(at)])]).toEqual([at, found])
})

test('single bytes say the same, and pieces of any lengths', () => {
  const bytes = Buffer.from(whole)
  expect(read(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(found)
  const random = randomFrom(7)
  for (let round = 0; round < 300; round += 1) {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const length = 1 + Math.floor(random() * 40)
      pieces.push(bytes.subarray(at, at + length))
      at += length
    }
    expect(read(pieces)).toEqual(found)
  }
})

test('any bytes are a file’s, and come out as they went in', () => {
  const random = randomFrom(11)
  const alphabet = Buffer.from('\r\n-edgx')
  for (let round = 0; round < 300; round += 1) {
    const bytes = Buffer.from(
      Array.from({ length: Math.floor(random() * 60) }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 0),
    )
    // What has the boundary in it could not be sent with it.
    if (Buffer.concat([Buffer.from('\r\n'), bytes, Buffer.from('\r\n')]).includes('\r\n--edge')) continue
    const form = Buffer.concat([
      Buffer.from('--edge\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'),
      bytes,
      Buffer.from(`\r\n${END}`),
    ])
    const at = Math.floor(random() * form.length)
    expect(read([form.subarray(0, at), form.subarray(at)])).toEqual([
      { file: { name: 'f', filename: 'f', contentType: undefined }, text: bytes.toString('latin1') },
    ])
  }
})

test('of a file no more is held than the beginning of a boundary', () => {
  const reader = new MultipartReader(contentType)
  reader.push(Buffer.from('--edge\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'))
  let told = 0
  for (let round = 1; round <= 100; round += 1) {
    for (const event of reader.push(Buffer.alloc(10_000, '\r'))) told += event.kind === 'bytes' ? event.bytes.length : 0
    expect(round * 10_000 - told).toBeLessThan(16)
  }
})

test.each([
  ['that ends early', `${field('a', 'b')}--edge\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc`],
  ['that ends behind a part', field('a', 'b')],
  ['of nothing', ''],
  ['bounded by something else', whole.replaceAll('--edge', '--other')],
  ['with a part without a name', part('Content-Disposition: form-data', 'x')],
  ['with a part that is no form’s', part('Content-Disposition: attachment; name="a"', 'x') + END],
  ['with a part without headers', `--edge\r\n\r\nx\r\n${END}`],
  ['with headers without end', `--edge\r\nContent-Disposition: form-data; name="${'x'.repeat(10_000)}`],
  ['with a name that is too long', field('x'.repeat(formLimits.nameBytes + 1), 'y') + END],
  ['with a name in two ways', part('Content-Disposition: form-data; name="a"; name="b"', 'x') + END],
  ['with a prototype', field('__proto__', 'x') + END],
  ['in base64', part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'eA==') + END],
  ['with a boundary that goes on', `--edgeXY\r\n${END}`],
  ['in Latin 1', Buffer.from(`${field('a', 'ö')}${END}`, 'latin1')],
])('a form %s is refused in words', (_, text) => {
  const { code, message } = refusal(text)
  expect([code, message]).toEqual(['invalid_request', expect.stringMatching(/^The form .+\.$/s)])
})

test.each([
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary="${'x'.repeat(71)}"`,
])('no boundary is found in %j', (type) => {
  expect(refusal(whole, type)).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('boundary') })
})

test('a form of a hundred thousand parts is refused after the first few', () => {
  expect(refusal(field('a', 'b').repeat(100_000) + END)).toMatchObject({ code: 'request_too_large' })
  const reader = new MultipartReader(contentType)
  const pushed = (): unknown => reader.push(Buffer.from(field('a', 'b').repeat(formLimits.parts + 1)))
  expect(pushed).toThrow(expect.objectContaining({ code: 'request_too_large' }))
})

test('fields that are too long together are refused', () => {
  const half = 'x'.repeat(formLimits.fieldBytes * 0.6)
  expect(read([Buffer.from(field('a', half) + END)])).toHaveLength(1)
  expect(refusal(field('a', half) + field('b', half) + END)).toMatchObject({ code: 'request_too_large' })
})

test.each([
  [undefined, false],
  ['application/json', false],
  ['multipart/form-data; boundary=x', true],
  ['Multipart/Form-Data', true],
  ['multipart/form-database', false],
])('%j is the type of a form: %s', (type, is) => {
  expect(isForm(type)).toBe(is)
})
