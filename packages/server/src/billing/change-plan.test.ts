import fc from 'fast-check'
import { parseUsd } from '@speka/core'
import { plans as shipped, type Plan } from '@speka/core/internal'
import { planTurns, usualTurn, withConfiguredPlan, withPlan } from './change-plan.ts'
import { endOfMonthAt, monthOf, spanOfMonth } from './month.ts'
import { planAhead, planAt } from './plan-at.ts'

const at = (day: number, hour = 0): number => Date.UTC(2026, 10, day, hour)
const DECEMBER = Date.UTC(2026, 11)
const plans = new Map(shipped.map((plan) => [plan.id, plan]))

const paid = (includedUsage: string): Plan => ({ ...shipped[1]!, includedUsage: parseUsd(includedUsage) })

describe('when a change of plan begins', () => {
  test.each([
    { plan: 'none', next: 'free', turn: 'now' },
    { plan: 'none', next: 'scale', turn: 'now' },
    { plan: 'free', next: 'starter', turn: 'now' },
    { plan: 'pro', next: 'starter', turn: 'month_end' },
    { plan: 'starter', next: 'free', turn: 'month_end' },
    { plan: 'free', next: 'none', turn: 'month_end' },
  ])('from $plan to $next: $turn', ({ plan, next, turn }) => {
    expect(usualTurn(plans.get(plan), plans.get(next))).toBe(turn)
  })

  test('of the same fee goes by the allowance', () => {
    expect(usualTurn(paid('25'), paid('30'))).toBe('now')
    expect(usualTurn(paid('25'), paid('25'))).toBe('now')
    expect(usualTurn(paid('25'), paid('20'))).toBe('month_end')
  })
})

describe('the plans of an account that is put on another', () => {
  const account = { plan: 'starter', createdAt: at(1) }

  test('begin at once, or with the next month', () => {
    expect(withPlan(account, 'pro', at(5), 'now')).toEqual([
      { plan: 'starter', from: at(1) },
      { plan: 'pro', from: at(5) },
    ])
    expect(withPlan(account, 'free', at(5), 'month_end')).toEqual([
      { plan: 'starter', from: at(1) },
      { plan: 'free', from: DECEMBER },
    ])
  })

  test('have no other ahead than the last that was said', () => {
    const leaving = { ...account, plans: withPlan(account, 'none', at(5), 'month_end') }
    expect(withPlan(leaving, 'free', at(6), 'month_end')).toEqual([
      { plan: 'starter', from: at(1) },
      { plan: 'free', from: DECEMBER },
    ])
    expect(withPlan(leaving, 'pro', at(6), 'now')).toEqual([
      { plan: 'starter', from: at(1) },
      { plan: 'pro', from: at(6) },
    ])
    expect(withPlan(leaving, 'starter', at(6), 'now')).toEqual([{ plan: 'starter', from: at(1) }])
  })

  test('are four where it changed four times in a day', () => {
    let plansNow = withPlan(account, 'pro', at(5, 1), 'now')
    for (const [hour, plan] of [[2, 'scale'] as const, [3, 'free'] as const, [4, 'pro'] as const])
      plansNow = withPlan({ ...account, plans: plansNow }, plan, at(5, hour), 'now')
    expect(plansNow.map(({ plan }) => plan)).toEqual(['starter', 'pro', 'scale', 'free', 'pro'])
  })

  test('are never two at the same moment', () => {
    const once = { ...account, plans: withPlan(account, 'pro', at(5), 'now') }
    expect(withPlan(once, 'scale', at(5), 'now')).toEqual([
      { plan: 'starter', from: at(1) },
      { plan: 'scale', from: at(5) },
    ])
    expect(withPlan(once, 'starter', at(5), 'now')).toEqual([{ plan: 'starter', from: at(1) }])
    expect(withPlan({ plan: 'none', createdAt: at(1) }, 'free', at(1), 'now')).toEqual([{ plan: 'free', from: at(1) }])
  })

  test('leave what was as it was, and make it so from when it is to be, whatever is said in which order', () => {
    const change = fc.record({
      plan: fc.constantFrom('none', ...plans.keys()),
      turn: fc.constantFrom(...planTurns),
      later: fc.integer({ min: 0, max: 40 * 86_400_000 }),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let account: { plan: string; createdAt: number; plans?: { plan: string; from: number }[] } = {
          plan: 'free',
          createdAt: at(1),
        }
        let now = at(1)
        for (const { plan, turn, later } of changes) {
          now += later
          const before = account
          const was = planAt(before, now)
          account = { ...account, plans: withPlan(before, plan, now, turn) }
          const turns = turn === 'now' ? now : endOfMonthAt(now)
          for (const past of [now - 1, now - 86_400_000].filter((moment) => moment >= at(1)))
            expect(planAt(account, past)).toBe(planAt(before, past))
          expect(planAt(account, now)).toBe(turn === 'now' ? plan : was)
          expect(planAt(account, turns)).toBe(plan)
          expect(planAhead(account, turns)).toBeUndefined()
          const terms = account.plans ?? []
          for (const [index, term] of terms.entries()) {
            const next = terms[index + 1]
            if (next === undefined) continue
            expect(next.from).toBeGreaterThan(term.from)
            expect(next.plan).not.toBe(term.plan)
          }
        }
      }),
    )
  })
})

describe('the plans of an account that the configuration puts on one', () => {
  test('have it for the whole month, and from then on', () => {
    const account = {
      plan: 'pro',
      createdAt: Date.UTC(2026, 9, 3),
      plans: [
        { plan: 'free', from: Date.UTC(2026, 9, 3) },
        { plan: 'pro', from: at(5) },
        { plan: 'free', from: DECEMBER },
      ],
    }
    const { from } = spanOfMonth(monthOf(at(9)))
    expect(withConfiguredPlan(account, 'scale', from)).toEqual([
      { plan: 'free', from: Date.UTC(2026, 9, 3) },
      { plan: 'scale', from: at(1) },
    ])
    expect(withConfiguredPlan(account, 'free', from)).toEqual([{ plan: 'free', from: Date.UTC(2026, 9, 3) }])
    expect(withConfiguredPlan({ plan: 'pro', createdAt: at(4) }, 'scale', from)).toEqual([
      { plan: 'scale', from: at(4) },
    ])
  })
})
