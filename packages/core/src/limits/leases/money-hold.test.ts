import { picoUsd } from '../../money.ts'
import { testBudget } from '../__fixtures__/budget.ts'
import type { Budget } from '../budgets.ts'
import { LocalLease } from './local-lease.ts'
import { MoneyHold } from './money-hold.ts'

const usd = (amount: number) => picoUsd(BigInt(amount))

function lent(): LocalLease {
  const lease = new LocalLease(testBudget(1000))
  lease.isLent = true
  lease.idle = 100n
  return lease
}

const twice = <State>(state: State): State[] => [state, state]

/** Two leases of 100 each, of which a hold has 30; and one of another budget. */
function holding(isTrusted = true) {
  const told: string[] = []
  const [one, two, other] = [lent(), lent(), lent()]
  const leaseOf = (budget: Budget) => [one, two].find((lease) => lease.budget.id === budget.id) ?? other
  const hold = new MoneyHold([one, two], usd(30), {
    leaseOf,
    freed: () => told.push('freed'),
    growLater: (_, by) => (told.push(`later ${by}`), Promise.resolve('held' as const)),
    isTrusted: () => isTrusted,
  })
  return { hold, one, two, other, told }
}

/** What a lease has: idle, held and spent; and whether nobody needs it. */
const standing = ({ idle, held, spent, isAtRest }: LocalLease) => [idle, held, spent, isAtRest]

test('what is held is set aside in each budget alike, and its lease is needed', () => {
  const { hold, one, two, other } = holding()
  expect([one, two].map(standing)).toEqual(twice([70n, 30n, 0n, false]))
  expect(standing(other)).toEqual([100n, 0n, 0n, true])
  expect([hold.amount, hold.isGrowing, hold.leases]).toEqual([30n, true, [one, two]])
})

test('what is settled is spent, and what is left over is idle; nobody needs the leases for it any more', () => {
  const { hold, one, two, told } = holding()
  hold.charge(usd(20))
  expect([one, two].map(standing)).toEqual(twice([80n, 20n, 0n, false]))
  expect([told, hold.amount, hold.isGrowing]).toEqual([['freed'], 20n, false])
  hold.settled()
  expect([one, two].map(standing)).toEqual(twice([80n, 0n, 20n, true]))
})

test('what is released is idle again, before its charge is known and behind that', () => {
  const before = holding()
  before.hold.release()
  const behind = holding()
  behind.hold.charge(usd(20))
  behind.hold.release()
  for (const { one, two } of [before, behind]) expect([one, two].map(standing)).toEqual(twice([100n, 0n, 0n, true]))
  expect([before.told, behind.told]).toEqual([['freed'], ['freed', 'freed']])
})

test('a charge counts in the budgets that are named with it, and those that are not are needed no more', () => {
  const { hold, one, two, other } = holding()
  hold.charge(usd(20), [two.budget, other.budget])
  expect(standing(one)).toEqual([100n, 0n, 0n, true])
  expect([two, other].map(standing)).toEqual(twice([80n, 20n, 0n, false]))
  hold.settled()
  expect([one, two, other].map(({ isAtRest }) => isAtRest)).toEqual([true, true, true])
})

test('a hold that is over changes nothing any more', () => {
  for (const end of ['settled', 'release'] as const) {
    const { hold, one } = holding()
    hold.charge(usd(20))
    hold[end]()
    const ended = standing(one)
    hold.charge(usd(5))
    hold.settled()
    hold.release()
    expect(standing(one)).toEqual(ended)
    expect(hold.grow(usd(1))).toBe('unknown')
  }
})

test('a hold grows by what is idle in all of its budgets, else later, and not without trust', async () => {
  const { hold, one, two, told } = holding()
  expect(hold.grow(usd(70))).toBe('held')
  expect([one, two].map(standing)).toEqual(twice([0n, 100n, 0n, false]))
  two.idle = 5n
  expect(await hold.grow(usd(5))).toBe('held')
  expect([told, hold.amount]).toEqual([['later 5'], 100n])
  const doubtful = holding(false)
  expect(doubtful.hold.grow(usd(1))).toBe('unknown')
  expect(standing(doubtful.one)).toEqual([70n, 30n, 0n, false])
})
