import { describe, expect, test } from '@jest/globals'
import { contrast, READABLE, readableOn, readColor, writeColor } from './contrast.ts'

describe('contrast', () => {
  test.each([
    ['#000', '#fff', 21],
    ['#fff', '#fff', 1],
    ['#767676', '#ffffff', 4.54],
  ])('of %s and %s is %d', (one, other, ratio) => {
    expect(contrast(color(one), color(other))).toBeCloseTo(ratio, 2)
  })

  test('a colour too dark for a dark background becomes lighter until it can be read', () => {
    const dark = color('#111418')
    const blue = color('#1a4fb0')
    expect(contrast(blue, dark)).toBeLessThan(READABLE)
    expect(contrast(readableOn(blue, dark), dark)).toBeGreaterThanOrEqual(READABLE)
  })

  test('one that can be read stays as it is', () => {
    expect(writeColor(readableOn(color('#ffcc00'), color('#111418')))).toBe('#ffcc00')
  })

  test.each(['red', '#12', '#12345', 'url(x)', '#12345g'])('%s is no colour', (text) => {
    expect(readColor(text)).toBeUndefined()
  })
})

function color(text: string) {
  const read = readColor(text)
  if (read === undefined) throw new Error(`${text} is no colour`)
  return read
}
