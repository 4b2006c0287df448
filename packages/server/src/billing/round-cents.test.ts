import fc from 'fast-check'
import { formatUsd, picoUsd } from '@speka/core'
import { divideHalfEven, roundToCents } from './round-cents.ts'
import { parseSignedUsd } from './signed-usd.ts'

test.each([
  ['0.004999999999', '0'],
  ['0.005', '0'],
  ['0.005000000001', '0.01'],
  ['0.015', '0.02'],
  ['0.025', '0.02'],
  ['1.999', '2'],
  ['-0.005', '0'],
  ['-0.015', '-0.02'],
  ['-0.025', '-0.02'],
  ['-0.0251', '-0.03'],
])('%s is %s in whole cents', (exact, rounded) => {
  expect(formatUsd(roundToCents(parseSignedUsd(exact)))).toBe(rounded)
})

test('what is rounded is at most half away, even where it is half, and of the same size on either side of zero', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 12n }), (a, d) => {
      const rounded = divideHalfEven(a, d)
      const away = 2n * (a - rounded * d)
      expect(away <= d && -away <= d).toBe(true)
      if (away === d || -away === d) expect(rounded % 2n).toBe(0n)
      expect(divideHalfEven(-a, d)).toBe(-rounded)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 100n }), (n, half) => {
      const rounded = divideHalfEven((2n * n + 1n) * half, 2n * half)
      expect([n, n + 1n]).toContain(rounded)
      expect(rounded % 2n).toBe(0n)
    }),
  )
})

test.each(['-', '--1', '+-1', '1.0000000000001', '1e3', '', '-0x1', ' 1'])('%j is no amount', (text) => {
  expect(() => parseSignedUsd(text)).toThrow(RangeError)
})

test('an amount with a sign is read as it is written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (amount) => {
      expect(parseSignedUsd(formatUsd(picoUsd(amount)))).toBe(amount)
    }),
  )
  expect(parseSignedUsd('+0.5')).toBe(parseSignedUsd('0.5'))
})
