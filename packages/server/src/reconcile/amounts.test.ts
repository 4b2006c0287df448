import fc from 'fast-check'
import { formatUsd, picoUsd } from '@speka/core'
import { readAmount, readCount, readMoment } from './amounts.ts'

test('an amount to the pico-dollar is read as it is, however it is written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (pico) => {
      const text = formatUsd(picoUsd(pico))
      expect(readAmount(text)).toBe(pico)
      expect(readAmount(`${pico}e-12`)).toBe(pico)
      // In cents.
      expect(readAmount(`${pico}e-10`, 2)).toBe(pico)
      expect(readAmount(pico < 0n ? text : `$${text}${text.includes('.') ? '000' : '.000'}`)).toBe(pico)
    }),
  )
})

test.each([
  { text: '0.8958740000000000', pico: 895_874_000_000n },
  { text: '0.56177125000000001', pico: 561_771_250_000n },
  { text: '1.25e-05', pico: 12_500_000n },
  { text: '0.0000000000005', pico: 0n },
  { text: '0.0000000000015', pico: 2n },
  { text: '0.0000000000025', pico: 2n },
  { text: '0.00000000000250001', pico: 3n },
  { text: '5.', pico: 5_000_000_000_000n },
])('$text is $pico', ({ text, pico }) => {
  expect(readAmount(text)).toBe(pico)
})

test.each(['', '1,5', '1.234,5', '€1', '1 USD', 'NaN', '1e400', '99999999.9', '.5'])('"%s" is no amount', (text) => {
  expect(readAmount(text)).toBeUndefined()
})

test.each([
  ['12', 12],
  ['59200.0', 59_200],
  ['59200.5', undefined],
  ['-1', undefined],
  ['1,000', undefined],
  ['', undefined],
])('the count %j is %j', (text, count) => {
  expect(readCount(text)).toBe(count)
})

const NINE = Date.UTC(2026, 10, 22, 9)

test.each([
  ['2026-11-22T09:00:00Z', NINE],
  ['2026-11-22T10:00:00+01:00', NINE],
  ['2026-11-22 09:00:00.000', NINE],
  ['2026-11-22 09:00:00 UTC', NINE],
  ['2026-11-22', Date.UTC(2026, 10, 22)],
  [String(NINE / 1000), NINE],
  [`${NINE / 1000}.0`, NINE],
  [String(NINE), NINE],
  ['11/22/2026', undefined],
  ['22.11.2026', undefined],
  ['2026-13-40', undefined],
  ['yesterday', undefined],
])('the moment %j is %j', (text, at) => {
  expect(readMoment(text)).toBe(at)
})
