import fc from 'fast-check'
import { RetryBudget } from './retry-budget.ts'

test('a quiet gateway may retry ten times before it has earned any', () => {
  const budget = new RetryBudget()
  expect(Array.from({ length: 12 }, () => budget.withdraw())).toEqual([...Array<boolean>(10).fill(true), false, false])
})

/** How many extra calls it allows at once. */
function allowed(budget: RetryBudget): number {
  let calls = 0
  while (calls < 1000 && budget.withdraw()) calls += 1
  return calls
}

test('a hundred requests earn nineteen extra calls', () => {
  const budget = new RetryBudget()
  expect(allowed(budget)).toBe(10)
  for (let request = 0; request < 100; request += 1) budget.deposit()
  expect([18, 19]).toContain(allowed(budget))
})

test('no more than a hundred are saved up', () => {
  const budget = new RetryBudget()
  for (let request = 0; request < 10_000; request += 1) budget.deposit()
  expect(allowed(budget)).toBe(100)
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
