import type { Price } from '../catalog/model.ts'
import { priceAt } from './price-at.ts'

const from = (asOf?: string): Price => ({ source: 'published', ...(asOf === undefined ? {} : { asOf }) })
const at = (prices: readonly Price[], date: string): string | undefined => priceAt(prices, Date.parse(date))?.asOf

test('a price holds from the moment that it begins', () => {
  const prices = [from('2026-06'), from('2026-09')]
  expect(at(prices, '2026-08-31T23:59:59.999Z')).toBe('2026-06')
  expect(at(prices, '2026-09-01T00:00:00.000Z')).toBe('2026-09')
})

test('the order in which prices are told does not matter', () => {
  const prices = [from('2026-09'), from('2026-06')]
  expect(at(prices, '2026-10')).toBe('2026-09')
  expect(at(prices, '2026-07')).toBe('2026-06')
})

test('one without a date holds until another begins', () => {
  const prices = [from(), from('2026-06')]
  expect(at(prices, '2026-05')).toBeUndefined()
  expect(priceAt(prices, Date.parse('2026-05'))).toBe(prices[0])
  expect(priceAt(prices.toReversed(), Date.parse('2026-05'))).toBe(prices[0])
  expect(at(prices, '2026-07')).toBe('2026-06')
  expect(at(prices.toReversed(), '2026-07')).toBe('2026-06')
})

test('of two that begin together the later told holds', () => {
  const prices = [from('2026-06'), from('2026-06')]
  expect(priceAt(prices, Date.parse('2026-07'))).toBe(prices[1])
})

test('before the first begins the first told holds, and of none there is none', () => {
  expect(at([from('2026-06'), from('2026-09')], '2020-01')).toBe('2026-06')
  expect(priceAt([], 0)).toBeUndefined()
})
