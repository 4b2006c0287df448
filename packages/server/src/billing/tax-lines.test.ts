import fc from 'fast-check'
import { formatUsd, picoUsd } from '@speka/core'
import { parseSignedUsd } from './signed-usd.ts'
import { taxLines } from './tax-lines.ts'

const rates = [
  { country: 'DE', rate: '19', reverseCharge: true },
  { country: 'CH', rate: '8.1', reverseCharge: false },
]
const tax = (net: string, buyer: object | undefined) =>
  taxLines(parseSignedUsd(net), buyer, rates).lines.map((line) => [line.tax_usd, line.reverse_charge])

test('is of the country of the buyer, and none without one', () => {
  expect(tax('100', { country: 'DE' })).toEqual([['19', false]])
  expect(tax('100', { country: 'CH', taxId: 'CHE-1' })).toEqual([['8.1', false]])
  expect(tax('100', { country: 'US' })).toEqual([])
  expect(tax('100', undefined)).toEqual([])
})

test('is the buyer’s to pay where the rate says so and he names a tax id', () => {
  expect(tax('100', { country: 'DE', taxId: 'DE1' })).toEqual([['0', true]])
})

test.each([
  ['0.05', '0.01'],
  ['0.5', '0.1'],
  ['-0.5', '-0.1'],
  ['0.02', '0'],
  ['-100', '-19'],
])('on %s is %s: rounded half to even, and given back on a credit note', (net, expected) => {
  expect(tax(net, { country: 'DE' })[0]?.[0]).toBe(expected)
})

test('is within half a cent of what arithmetic with fractions says', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
      fc.integer({ min: 0, max: 1_000_000 }),
      (cents, r) => {
        const rate = formatUsd(picoUsd(BigInt(r) * 10n ** 8n))
        const net = picoUsd(cents * 10n ** 10n)
        const { sum } = taxLines(net, { country: 'X' }, [{ country: 'X', rate, reverseCharge: false }])
        // In cents, times a million: net × r ÷ 10⁶.
        const off = (sum / 10n ** 10n) * 1_000_000n - cents * BigInt(r)
        expect(sum % 10n ** 10n).toBe(0n)
        expect(off <= 500_000n && off >= -500_000n).toBe(true)
        if (off === 500_000n || off === -500_000n) expect((sum / 10n ** 10n) % 2n).toBe(0n)
      },
    ),
  )
})
