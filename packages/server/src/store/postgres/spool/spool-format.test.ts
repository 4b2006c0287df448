import { encodeSpooled, readSpooled } from './spool-format.ts'

const texts = ['first', 'Zoë “the 🐢”\u0000', '', 'last']
const whole = Buffer.concat(texts.map(encodeSpooled))

test('what is written is read', () => {
  expect(readSpooled(whole)).toEqual({ texts, damaged: 0, end: whole.length })
  const two = readSpooled(whole, 2)
  expect(two.texts).toEqual(texts.slice(0, 2))
  expect(readSpooled(whole.subarray(two.end)).texts).toEqual(texts.slice(2))
})

test('wherever a write was torn, the whole records before it are read, and nothing counts as damaged', () => {
  const lastAt = whole.length - encodeSpooled('last').length
  for (let cut = lastAt; cut < whole.length; cut += 1)
    expect(readSpooled(whole.subarray(0, cut))).toEqual({ texts: texts.slice(0, 3), damaged: 0, end: lastAt })
})

test('one that is damaged anywhere is told, and costs no other', () => {
  const from = encodeSpooled('first').length
  const to = from + encodeSpooled(texts[1] ?? '').length
  for (let at = from; at < to; at += 1) {
    const bytes = Buffer.from(whole)
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x55, at)
    expect(readSpooled(bytes)).toEqual({ texts: ['first', '', 'last'], damaged: 1, end: whole.length })
  }
})
