import { planAhead, planAt } from './plan-at.ts'

const account = {
  plan: 'starter',
  createdAt: 100,
  plans: [
    { plan: 'free', from: 100 },
    { plan: 'starter', from: 200 },
    { plan: 'none', from: 300 },
  ],
}

describe('the plan of an account at a moment', () => {
  test.each([
    { at: 99, plan: 'free', ahead: { plan: 'starter', from: 200 } },
    { at: 100, plan: 'free', ahead: { plan: 'starter', from: 200 } },
    { at: 199, plan: 'free', ahead: { plan: 'starter', from: 200 } },
    { at: 200, plan: 'starter', ahead: { plan: 'none', from: 300 } },
    { at: 299, plan: 'starter', ahead: { plan: 'none', from: 300 } },
    { at: 300, plan: 'none', ahead: undefined },
  ])('is $plan at $at', ({ at, plan, ahead }) => {
    expect(planAt(account, at)).toBe(plan)
    expect(planAhead(account, at)).toEqual(ahead)
  })

  test('of an account that has only ever been on one is that one', () => {
    expect(planAt({ plan: 'pro', createdAt: 100 }, 0)).toBe('pro')
    expect(planAt({ plan: 'pro', createdAt: 100, plans: [] }, 200)).toBe('pro')
    expect(planAhead({ plan: 'pro', createdAt: 100 }, 0)).toBeUndefined()
  })
})
