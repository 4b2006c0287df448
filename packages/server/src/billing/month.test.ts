import fc from 'fast-check'
import { endOfMonthAt, isMonth, monthOf, nextMonth, previousMonth, spanOfMonth } from './month.ts'

/** Moments of the years 1000 to 9998. */
const moments = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9998, 11, 31) })

describe('a billing month', () => {
  test('is a month of the calendar in UTC', () => {
    expect(spanOfMonth('2026-02')).toEqual({ from: Date.UTC(2026, 1), until: Date.UTC(2026, 2) })
    expect(spanOfMonth('2028-02').until - spanOfMonth('2028-02').from).toBe(29 * 86_400_000)
    expect(nextMonth('2026-12')).toBe('2027-01')
    expect(previousMonth('2026-01')).toBe('2025-12')
    expect(monthOf(Date.UTC(2026, 11, 1) - 1)).toBe('2026-11')
    expect(endOfMonthAt(Date.UTC(2026, 11, 1) - 1)).toBe(Date.UTC(2026, 11, 1))
  })

  test('has each moment in one month, whose end is the start of the next', () => {
    fc.assert(
      fc.property(moments, (at) => {
        const month = monthOf(at)
        const { from, until } = spanOfMonth(month)
        expect(isMonth(month)).toBe(true)
        expect(from <= at && at < until).toBe(true)
        expect(spanOfMonth(nextMonth(month)).from).toBe(until)
        expect(previousMonth(nextMonth(month))).toBe(month)
      }),
    )
  })

  test.each([
    '2026',
    '2026-13',
    '2026-00',
    '2026-1',
    '2026-11-01',
    'november',
    '',
    '+02026-1',
    ' 2026-11',
    '2026-11\n',
  ])('is not %j', (text) => {
    expect(isMonth(text)).toBe(false)
    expect(() => spanOfMonth(text)).toThrow('month must be a month such as 2026-11')
  })
})
