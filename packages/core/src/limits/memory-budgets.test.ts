import { SpekaError } from '../errors.ts'
import { picoUsd } from '../money.ts'
import { TEST_DAY, testBudget } from './__fixtures__/budget.ts'
import type { Budget } from './budgets.ts'
import { describeBudgets, type BudgetsProcess, type BudgetsWorld } from './budgets.contract.ts'
import { describeAdmission } from './leases/admission.contract.ts'
import { MemoryBudgets, ownBudgets } from './memory-budgets.ts'

describeBudgets('memory', { open: async () => memoryWorld(), runs: 300 })
describeAdmission('memory', { open: async () => memoryWorld(), runs: 150 })

test('the budgets of a process alone count the rows that it tells of', async () => {
  const budgets = ownBudgets()
  const budget = testBudget(100)
  const wants = [{ lacks: [{ budget, amount: picoUsd(1n) }] }]
  const { has } = await budgets.exchange({ number: 1, has: [], wants })
  budgets.settled({ budgets: has.map(({ budgetNumber }) => budgetNumber), charge: picoUsd(9n) })
  budgets.settled({ charge: picoUsd(50n) })
  budgets.settled({ budgets: [99], charge: picoUsd(50n) })
  expect(await budgets.standing([budget])).toEqual([{ spent: 9n, held: 0n }])
})

test('what a window had spent before is not lent', async () => {
  const budgets = ownBudgets(() => picoUsd(30n))
  const budget = testBudget(100)
  expect(await budgets.standing([budget])).toEqual([{ spent: 30n, held: 0n }])
  const { has } = await budgets.exchange({ number: 1, has: [], wants: [{ lacks: [{ budget, amount: picoUsd(1n) }] }] })
  expect(has).toMatchObject([{ granted: 70n }])
})

test('windows that are long over are forgotten, and no number is given twice', async () => {
  const budgets = ownBudgets()
  const day = 86_400_000
  let number = 0
  let last = 0
  for (let made = 0; made < 3000; made += 1) {
    const budget = testBudget(10, { limitId: 'each', startsAt: made * day })
    const want = { lacks: [{ budget, amount: picoUsd(1n) }] }
    number += 1
    const { has } = await budgets.exchange({ number, has: [], wants: [want] })
    last = has[0]?.budgetNumber ?? 0
    if (made === 0) budgets.settled({ budgets: [last], charge: picoUsd(6n) })
    number += 1
    const end = { budget, granted: picoUsd(0n), held: picoUsd(0n), ends: true as const }
    // Its process has something of the fifth still.
    await budgets.exchange({ number, has: made === 4 ? [] : [end], wants: [] })
    // Rows of a window may come for a day after its end.
    if (made === 2047) budgets.settled({ budgets: [2046, 2047], charge: picoUsd(4n) })
  }
  expect(last).toBe(3000)
  budgets.settled({ budgets: [1, 5, 2999], charge: picoUsd(4n) })
  const of = (made: number) => testBudget(10, { limitId: 'each', startsAt: made * day })
  const standings = await budgets.standing([of(0), of(4), of(2045), of(2046), of(2998)])
  expect(standings.map(({ spent }) => spent)).toEqual([0n, 4n, 0n, 4n, 4n])
})

test('what is held of the budgets of a process alone is as it says itself', async () => {
  const budgets = ownBudgets()
  const [one, other] = [testBudget(100), testBudget(100)]
  budgets.asks?.({
    held: (budgetId) => picoUsd(budgetId === one.id ? 5n : 0n),
    news: () => [],
    newsHeard() {},
    storeAnswered() {},
  })
  expect(await budgets.standing([one, other])).toEqual([
    { spent: 0n, held: 5n },
    { spent: 0n, held: 0n },
  ])
})

test('a window that is not over is kept, however many others are made meanwhile', async () => {
  const budgets = ownBudgets()
  const lasting = testBudget(100, { window: 'month', endsAt: TEST_DAY + 30 * 86_400_000 })
  const { has } = await budgets.exchange({ number: 1, has: [], wants: [want(lasting)] })
  budgets.settled({ budgets: has.map(({ budgetNumber }) => budgetNumber), charge: picoUsd(9n) })
  // Its process has nothing of it at the moment.
  const end = { budget: lasting, granted: picoUsd(0n), held: picoUsd(0n), ends: true as const }
  await budgets.exchange({ number: 2, has: [end], wants: [] })
  for (let number = 3; number < 1500; number += 1)
    await budgets.exchange({ number, has: [], wants: [want(testBudget(10))] })
  expect(await budgets.standing([lasting])).toEqual([{ spent: 9n, held: 0n }])
})

test('what a call is lent for one claim beyond its need serves those behind it, once', () => {
  const books = new MemoryBudgets()
  const [owner] = [books.begin(), books.begin()]
  const budget = testBudget(100)
  const wants = [1n, 10n, 20n].map((amount) => ({ lacks: [{ budget, amount: picoUsd(amount) }] }))
  const { has } = books.carryOut(owner, { number: 1, has: [], wants })
  // A quarter of a hundred at first, of which 14 are left for the last: that lacks 6, and a quarter of 75 is more.
  expect(has).toMatchObject([{ granted: 25n + 18n }])
})

const want = (budget: Budget) => ({ lacks: [{ budget, amount: picoUsd(1n) }] })

/** Processes that share this memory. */
function memoryWorld(): BudgetsWorld {
  const books = new MemoryBudgets()
  return {
    async start(): Promise<BudgetsProcess> {
      let owner = books.begin()
      let told = owner
      return {
        budgets: {
          async exchange(call) {
            if (!books.isAlive(owner)) owner = books.begin()
            if (told !== owner) {
              told = owner
              return { owner, has: [], shortages: call.wants.map(() => []) }
            }
            return books.carryOut(owner, call)
          },
          standing: async (budgets) => books.standing(budgets),
        },
        async settle({ charge, budgets }) {
          if (!books.isAlive(owner)) throw new SpekaError('storage_unavailable', 'taken for ended')
          books.charge(owner, budgets, picoUsd(charge))
        },
        end: async () => books.end(owner),
      }
    },
    close: async () => {},
  }
}
