import fc from 'fast-check'
import { FixedBytes, viewOf } from './fixed-bytes.ts'

const few = fc.uint8Array({ maxLength: 70 })

test('bytes stand where they are, and are put there, of any length and at any place', () => {
  fc.assert(
    fc.property(few, few, few, (before, bytes, after) => {
      const all = Buffer.concat([before, bytes, after])
      const fixed = FixedBytes.copyOf(Buffer.from(bytes))
      expect(fixed.standAt(viewOf(all), all.length, before.length)).toBe(true)
      const put = Buffer.concat([before, Buffer.alloc(bytes.length), after])
      expect(fixed.putTo(viewOf(put), before.length)).toBe(bytes.length)
      expect(put).toEqual(all)
    }),
  )
})

test('and nowhere that one of them is another, or missing', () => {
  for (let length = 1; length < 70; length += 1) {
    const bytes = Buffer.alloc(length, 'x')
    const fixed = FixedBytes.copyOf(bytes)
    for (let at = 0; at < length; at += 1) {
      const other = Buffer.from(bytes)
      other[at] = 0x79
      expect(fixed.standAt(viewOf(other), length, 0)).toBe(false)
    }
    expect(fixed.standAt(viewOf(bytes), length, 1)).toBe(false)
  }
})

test('several may stand in one copy', () => {
  const words = Buffer.from('some words before: what is looked for, and some behind it')
  const [start, end] = [words.indexOf('what'), words.indexOf(', and')]
  for (const from of [start, start + 12]) {
    const fixed = new FixedBytes(viewOf(words), from, end)
    const looked = words.subarray(from, end)
    expect(fixed.standAt(viewOf(words), words.length, from)).toBe(true)
    expect(fixed.standAt(viewOf(words), words.length, 0)).toBe(false)
    const put = Buffer.alloc(looked.length)
    fixed.putTo(viewOf(put), 0)
    expect(put).toEqual(looked)
  }
})
