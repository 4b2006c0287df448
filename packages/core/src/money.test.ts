import fc from 'fast-check'
import { formatPricePerMillion, formatUsd, parsePricePerMillion, parseUsd, picoUsd, readUsd, zeroUsd } from './money.ts'

describe('money', () => {
  test.each([
    { text: '0.27', perToken: 270_000n },
    { text: '0.016', perToken: 16_000n },
    { text: '0.000001', perToken: 1n },
    { text: '12', perToken: 12_000_000n },
    { text: '0', perToken: 0n },
  ])('a price of $text USD per million tokens is $perToken pico-dollars a token', ({ text, perToken }) => {
    expect(parsePricePerMillion(text)).toBe(perToken)
    expect(formatPricePerMillion(picoUsd(perToken))).toBe(text)
  })

  test('an image price keeps every decimal', () => {
    expect(parseUsd('0.04')).toBe(40_000_000_000n)
  })

  test.each(['', '-1', '1e3', '.5', '5.', '01', '0.0000001', ' 1', '1,5', 'NaN', '0x1'])(
    'a price of "%s" is refused, not rounded',
    (text) => {
      expect(() => parsePricePerMillion(text)).toThrow(RangeError)
    },
  )

  test('every amount survives being written and read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (amount) => {
        expect(parseUsd(formatUsd(picoUsd(amount)))).toBe(amount)
      }),
    )
  })

  test('nothing is written as 0', () => {
    expect(formatUsd(picoUsd(1n))).toBe('0.000000000001')
    expect(formatUsd(zeroUsd)).toBe('0')
    expect(parseUsd('0')).toBe(zeroUsd)
  })

  test('a refund is written with its sign', () => {
    expect(formatUsd(picoUsd(-1_500_000_000_000n))).toBe('-1.5')
  })

  test('a million tiny amounts add up exactly', () => {
    let sum = 0n
    for (let i = 0; i < 1_000_000; i += 1) sum += parsePricePerMillion('0.27')
    expect(formatUsd(picoUsd(sum))).toBe('0.27')
  })
})

describe('an amount that code gives', () => {
  test.each([
    [0.05, 50_000_000_000n],
    ['0.05', 50_000_000_000n],
    [1, 1_000_000_000_000n],
    [1e-8, 10_000n],
    // A number has no more places than eight.
    [0.123_456_789, 123_456_790_000n],
    ['0.000000000001', 1n],
  ])('%p is %p pico-dollars', (amount, pico) => {
    expect(readUsd(amount)).toBe(pico)
  })

  test.each([-1, Number.NaN, Infinity, 1e21, '1e3', ''])('%p is none', (amount) => {
    expect(() => readUsd(amount)).toThrow(RangeError)
  })
})
