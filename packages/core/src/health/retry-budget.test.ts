import fc from 'fast-check'
import { RetryBudget } from './retry-budget.ts'

test('a quiet gateway may retry ten times before it has earned any', () => {
  const budget = new RetryBudget()
  expect(Array.from({ length: 12 }, () => budget.withdraw())).toEqual([...Array<boolean>(10).fill(true), false, false])
})

test('whatever the storm, extra calls stay below a fifth of the requests and a hundred', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8), { maxLength: 3000 }), (wanted) => {
      const budget = new RetryBudget()
      let extra = 0
      for (const tries of wanted) {
        budget.deposit()
        for (let time = 0; time < tries; time += 1) if (budget.withdraw()) extra += 1
      }
      expect(extra).toBeLessThanOrEqual(wanted.length * 0.2 + 100)
    }),
    { numRuns: 50 },
  )
})
