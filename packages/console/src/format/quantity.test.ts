import { duration, exactCount, percent, shortCount } from './quantity.ts'

test.each([
  [0, '0 ms'],
  [85.4, '85 ms'],
  [1240, '1.24 s'],
  [59_960, '1 min'],
  [125_000, '2 min 5 s'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test.each([
  [12_345, '12,345'],
  [1_234_567, '1.23M'],
])('%d is %s in a cell', (count, text) => {
  expect(shortCount(count)).toBe(text)
})

test('a count in full has all its digits', () => {
  expect(exactCount(1_234_567)).toBe('1,234,567')
})

test.each([
  [0.0123, '1.23%'],
  [0.5, '50%'],
])('a share of %d is %s', (share, text) => {
  expect(percent(share)).toBe(text)
})
