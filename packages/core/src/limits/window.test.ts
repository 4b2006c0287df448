import fc from 'fast-check'
import { parseUsd } from '../money.ts'
import type { AppliedMoney } from './limit.ts'
import { limitWindows, type LimitWindow } from './limit.ts'
import { budgetAt, windowAt } from './window.ts'

const at = (text: string): number => Date.parse(text)

test.each<{ window: LimitWindow; moment: string; starts: string; ends: string }>([
  { window: 'day', moment: '2026-11-29T21:42:00Z', starts: '2026-11-29', ends: '2026-11-30' },
  { window: 'day', moment: '2026-11-30T00:00:00Z', starts: '2026-11-30', ends: '2026-12-01' },
  // A Sunday is the last day of an ISO week, a Monday the first.
  { window: 'week', moment: '2026-11-29T23:59:59.999Z', starts: '2026-11-23', ends: '2026-11-30' },
  { window: 'week', moment: '2026-11-30T00:00:00Z', starts: '2026-11-30', ends: '2026-12-07' },
  { window: 'week', moment: '2027-01-01T12:00:00Z', starts: '2026-12-28', ends: '2027-01-04' },
  { window: 'month', moment: '2026-12-31T23:59:59.999Z', starts: '2026-12-01', ends: '2027-01-01' },
  { window: 'month', moment: '2028-02-29T12:00:00Z', starts: '2028-02-01', ends: '2028-03-01' },
])('the $window of $moment begins on $starts and ends on $ends', ({ window, moment, starts, ends }) => {
  expect(windowAt(window, at(moment))).toEqual({ startsAt: at(starts), endsAt: at(ends) })
})

test('a lifetime has no end', () => {
  expect(windowAt('lifetime', at('2026-11-29T21:42:00Z'))).toEqual({ startsAt: 0, endsAt: Infinity })
})

test('every moment lies in its window, and the next window begins where one ends', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...limitWindows.filter((window) => window !== 'lifetime')),
      fc.integer({ min: 0, max: at('2100-01-01') }),
      (window, moment) => {
        const { startsAt, endsAt } = windowAt(window, moment)
        expect(startsAt <= moment && moment < endsAt).toBe(true)
        expect(windowAt(window, endsAt).startsAt).toBe(endsAt)
        expect(windowAt(window, endsAt - 1).startsAt).toBe(startsAt)
      },
    ),
  )
})

test('a budget is named by its place and by its window, and stays the same within it', () => {
  const applied: AppliedMoney = {
    limit: {
      id: 'l1',
      subject: { kind: 'key', id: 'k', account: 'default' },
      rule: { kind: 'usd', amount: parseUsd('5'), window: 'day' },
      onReached: 'stop',
      since: 0,
      revision: 1,
    },
    place: 'l1',
    subjectId: 'k',
  }
  const today = budgetAt(applied, at('2026-11-29T01:00:00Z'))
  expect(budgetAt(applied, at('2026-11-29T23:00:00Z'))).toBe(today)
  expect(budgetAt(applied, today.startsAt)).toBe(today)
  const tomorrow = budgetAt(applied, today.endsAt)
  expect(tomorrow).toMatchObject({ applied, startsAt: at('2026-11-30'), endsAt: at('2026-12-01') })
  expect(tomorrow.id).not.toBe(today.id)
  // One that came late still counts where it belongs.
  expect(budgetAt(applied, at('2026-11-29T23:00:00Z'))).toEqual(today)
  expect(today.cap).toBe(parseUsd('5'))
})
