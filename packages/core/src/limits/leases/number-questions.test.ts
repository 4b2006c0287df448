import type { Clock } from '../../clock.ts'
import { testBudget } from '../__fixtures__/budget.ts'
import { LocalLease } from './local-lease.ts'
import { NumberQuestions } from './number-questions.ts'

/** A clock whose timers go off when the test says so. */
function timers() {
  const running = new Map<() => void, number>()
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(ms, run) {
      running.set(run, ms)
      return () => void running.delete(run)
    },
  }
  return { clock, running }
}

const leases = () =>
  [1, 2, 3].map((amount) => new LocalLease(testBudget(amount))) as [LocalLease, LocalLease, LocalLease]

test('what is asked is what nobody has told yet, each once', () => {
  const [first, second, third] = leases()
  const questions = new NumberQuestions(timers().clock)
  expect(questions.unknown).toEqual([])
  void questions.ask([first, second], 100)
  void questions.ask([second, third], 100)
  expect(questions.unknown).toEqual([first, second, third])
  third.budgetNumber = 7
  expect(questions.unknown).toEqual([first, second])
})

test('who asks is answered once all numbers are known, and no later', async () => {
  const [first, second, third] = leases()
  const { clock, running } = timers()
  const questions = new NumberQuestions(clock)
  const answer = questions.ask([first, second], 100)
  const other = questions.ask([third], 100)
  expect([first, second, third].map(({ waiting }) => waiting)).toEqual([1, 1, 1])
  first.budgetNumber = 4
  questions.answer()
  expect([first.waiting, running.size]).toEqual([1, 2])
  second.budgetNumber = 5
  questions.answer()
  expect(await answer).toEqual([4, 5])
  expect([first.waiting, second.waiting, third.waiting, running.size]).toEqual([0, 0, 1, 1])
  third.budgetNumber = 6
  questions.answer()
  expect(await other).toEqual([6])
  expect(running.size).toBe(0)
})

test('who has waited too long is told to try again, and nothing is asked for him any more', async () => {
  const [first, second] = leases()
  const { clock, running } = timers()
  const questions = new NumberQuestions(clock)
  const answer = questions.ask([first, second], 100)
  expect([...running.values()]).toEqual([100])
  for (const run of running.keys()) run()
  await expect(answer).rejects.toMatchObject({ code: 'storage_unavailable' })
  expect([questions.unknown, first.waiting, second.waiting, running.size]).toEqual([[], 0, 0, 0])
})
