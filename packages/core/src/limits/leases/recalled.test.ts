import { testBudget } from '../__fixtures__/budget.ts'
import type { RecallAnswer } from '../budgets.ts'
import { picoUsd } from '../../money.ts'
import type { LeaseCalls } from './lease-calls.ts'
import { Purse } from './purse.ts'
import { RecalledHere } from './recalled.ts'

const resting = { areResting: true } as LeaseCalls
const calling = { areResting: false } as LeaseCalls

/** What others have recalled of a budget that has been granted thrice, and what they were told. */
function recalling(idle: bigint) {
  const purse = new Purse(10)
  const lease = purse.of(testBudget(1000))
  lease.take({ budgetId: lease.budget.id, budgetNumber: 1, grants: 3, granted: picoUsd(idle), recalled: picoUsd(0n) })
  const answers: RecallAnswer[] = []
  const here = new RecalledHere(purse)
  const recall = (calls: LeaseCalls, budgetId = lease.budget.id) =>
    here.add({ budgetId, answer: (answer) => answers.push(answer) }, calls)
  return { here, lease, answers, recall }
}

const nothing = { said: 'nothing idle', grants: 3 }

test('who recalls what is not idle is told so at once, and once a call is answered that is on its way', () => {
  const { here, answers, recall } = recalling(0n)
  recall(resting)
  expect(answers).toEqual([nothing])
  recall(calling)
  here.answer([], calling)
  expect(answers).toEqual([nothing])
  here.answer([], resting)
  expect(answers).toEqual([nothing, nothing])
})

test('each recall is answered once, by what the next call gives back, or by there being nothing', () => {
  const { here, lease, answers, recall } = recalling(5n)
  recall(resting)
  recall(calling)
  expect([answers, here.areDue]).toEqual([[], true])
  const due = here.takeDue()
  expect([due.length, here.areDue, here.takeDue()]).toEqual([2, false, []])
  here.answer(due, resting)
  expect(answers).toEqual([
    { said: 'returned', grants: 3 },
    { said: 'returned', grants: 3 },
  ])
  recall(resting)
  lease.idle = 0n
  here.answer([], resting)
  here.answer([], resting)
  expect(answers.slice(2)).toEqual([nothing])
})

test('of a budget that this process has nothing of nothing is idle, and nothing was granted', () => {
  const { answers, recall } = recalling(5n)
  recall(resting, 'another')
  expect(answers).toEqual([{ said: 'nothing idle', grants: 0 }])
})
