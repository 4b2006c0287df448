import { compareUsd, exactUsd, picoOf, shortUsd, sumUsd } from './usd.ts'

test.each([
  ['0', '$0.00'],
  ['0.0000047', '$0.0000047'],
  ['0.123456', '$0.123'],
  ['0.2', '$0.20'],
  ['0.050', '$0.05'],
  ['0.016', '$0.016'],
  ['1.005', '$1.01'],
  ['1234.5', '$1,234.50'],
  ['1250000', '$1.25M'],
  ['-3.2', '-$3.20'],
])('%s is %s in a cell', (usd, text) => {
  expect(shortUsd(usd)).toBe(text)
})

test.each([
  ['0.000000000001', '$0.000000000001'],
  ['123456789012345.000000000001', '$123,456,789,012,345.000000000001'],
  ['2', '$2.00'],
])('%s is %s exactly', (usd, text) => {
  expect(exactUsd(usd)).toBe(text)
})

test('amounts are added to the last place', () => {
  expect(sumUsd(['0.1', '0.2', '0.000000000001'])).toBe('0.300000000001')
  expect(sumUsd(['1', '-2.5'])).toBe('-1.5')
  expect(sumUsd([])).toBe('0')
})

test('amounts that differ in the last place are told apart', () => {
  expect(compareUsd('90071992547409.930000000001', '90071992547409.930000000002')).toBe(-1)
  expect(compareUsd('-1', '-2')).toBe(1)
  expect(compareUsd('1.50', '1.5')).toBe(0)
})

test('what is no amount is refused', () => {
  expect(() => picoOf('1e3')).toThrow('"1e3" is not an amount')
})
