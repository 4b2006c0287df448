import fc from 'fast-check'
import { plans as shipped } from '@speka/core/internal'
import { spanOfMonth } from './month.ts'
import { planAt } from './plan-at.ts'
import { partsOfMonth } from './plan-parts.ts'
import { planVersions } from './plan-versions.ts'

const byName = new Map(shipped.map((plan) => [plan.id, plan]))
const plans = planVersions(byName)
const at = (day: number, hour = 0): number => Date.UTC(2026, 10, day, hour)
const MONTH = '2026-11'
const { from: START, until: END } = spanOfMonth(MONTH)

describe('the parts of a month by plan', () => {
  test('of an account that stays on one plan is the whole month', () => {
    const parts = partsOfMonth({ plan: 'pro', createdAt: 0 }, MONTH, plans)
    expect(parts).toEqual([{ name: 'pro', plan: byName.get('pro'), from: START, until: END }])
  })

  test('of an account that was made within it begin then, and of one made later there are none', () => {
    expect(partsOfMonth({ plan: 'pro', createdAt: at(10) }, MONTH, plans)).toMatchObject([{ from: at(10), until: END }])
    expect(partsOfMonth({ plan: 'pro', createdAt: END }, MONTH, plans)).toEqual([])
  })

  test('are four where the plan changed four times in a day, but for the one of a month that is over', () => {
    const changes = ['free', 'starter', 'pro', 'scale', 'none'].map((plan, index) => ({ plan, from: at(3, index) }))
    const account = { plan: 'none', createdAt: 0, plans: [{ plan: 'none', from: 0 }, ...changes] }
    const parts = partsOfMonth(account, MONTH, plans)
    expect(parts.map(({ name }) => name)).toEqual(['none', 'free', 'starter', 'pro', 'scale', 'none'])
    expect(parts[0]).toMatchObject({ plan: undefined, from: START, until: at(3) })
    expect(partsOfMonth(account, '2026-12', plans).map(({ name }) => name)).toEqual(['none'])
  })

  test('are cut where a plan became another within them, however often', () => {
    const [free, pro] = [byName.get('free'), byName.get('pro')]
    if (free === undefined || pro === undefined) throw new Error('there are no such plans')
    const versions = [0, at(5), at(9), at(20)].map((from, index) => ({ price: index % 2 === 0 ? free : pro, from }))
    const parts = partsOfMonth({ plan: 'mine', createdAt: 0 }, MONTH, new Map([['mine', versions]]))
    expect(parts.map(({ plan, from, until }) => [plan, from, until])).toEqual([
      [free, START, at(5)],
      [pro, at(5), at(9)],
      [free, at(9), at(20)],
      [pro, at(20), END],
    ])
  })

  test('are one where the configuration says the plan, whatever was before', () => {
    const account = {
      plan: 'pro',
      createdAt: at(2),
      plans: [
        { plan: 'free', from: at(2) },
        { plan: 'pro', from: at(9) },
      ],
    }
    expect(partsOfMonth(account, MONTH, plans, 'scale')).toMatchObject([{ name: 'scale', from: at(2), until: END }])
  })

  test('cover the month without a gap, each with the plan in force at each of its moments', () => {
    const moment = fc.integer({ min: START - 40 * 86_400_000, max: END + 40 * 86_400_000 })
    const term = fc.record({ plan: fc.constantFrom('none', ...plans.keys()), from: moment })
    fc.assert(
      fc.property(moment, fc.array(term, { maxLength: 6 }), moment, (createdAt, terms, probe) => {
        const sorted = terms.toSorted((one, other) => one.from - other.from)
        const account = { plan: 'free', createdAt, plans: sorted }
        const parts = partsOfMonth(account, MONTH, plans)
        const begins = Math.max(START, createdAt)
        if (begins >= END) expect(parts).toEqual([])
        else {
          expect(parts[0]?.from).toBe(begins)
          expect(parts.at(-1)?.until).toBe(END)
        }
        for (const [index, part] of parts.entries()) {
          expect(part.from).toBeLessThan(part.until)
          if (index > 0) expect(part.from).toBe(parts[index - 1]?.until)
          expect(part.plan).toBe(byName.get(part.name))
        }
        const found = parts.find(({ from, until }) => from <= probe && probe < until)
        expect(found?.name).toBe(probe >= begins && probe < END ? planAt(account, probe) : undefined)
      }),
    )
  })
})
