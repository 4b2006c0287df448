import { setImmediate as turn } from 'node:timers/promises'
import { picoUsd, SpekaError } from '@speka/core'
import type { HeldNews } from '@speka/core/internal'
import { storeBudgets } from './store-budgets.ts'
import { Trust } from './trust.ts'
import { testBudget } from '../../../../core/src/limits/__fixtures__/budget.ts'

test('news that a beat could not bring are told by the process anew, and not once more as they were', async () => {
  const beats: { news: readonly HeldNews[]; end: (how: 'heard' | 'not heard' | 'failed') => void }[] = []
  let tick: (() => void) | undefined
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: async () => ({ owner: 1, has: [], shortages: [] }),
    beat: (news) =>
      new Promise((resolve, reject) => {
        beats.push({
          news,
          end: (how) =>
            how === 'failed' ? reject(new SpekaError('storage_unavailable', 'It is gone.')) : resolve(how === 'heard'),
        })
      }),
    spent: async () => [],
    clock: {
      after(_, act) {
        tick = act
        return () => {}
      },
    },
  })
  let held = 0n
  const heard: boolean[] = []
  let answered = 0
  budgets.asks?.({
    held: () => picoUsd(held),
    news: () => [{ budgetNumber: 7, held: picoUsd(held) }],
    newsHeard: (isSure) => heard.push(isSure),
    storeAnswered: () => (answered += 1),
  })
  await budgets.exchange({ number: 1, has: [], wants: [] })
  answered = 0
  for (const [amount, how] of [
    [30n, 'failed'],
    [20n, 'not heard'],
    [0n, 'heard'],
  ] as const) {
    held = amount
    tick?.()
    await turn()
    beats.at(-1)?.end(how)
    await turn()
  }
  expect(beats.map(({ news }) => news)).toEqual([30n, 20n, 0n].map((amount) => [{ budgetNumber: 7, held: amount }]))
  expect(heard).toEqual([false, false, true])
  expect(answered).toBe(1)
  budgets.close()
})

test('whoever asks where budgets stand is told what this process holds by then, whatever the last beat has said', async () => {
  const told: bigint[] = []
  let tick: (() => void) | undefined
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: async () => ({ owner: 1, has: [], shortages: [] }),
    beat: async (news) => {
      told.push(...news.map(({ held }) => held))
      return true
    },
    spent: async () => [{ charged: 0n, before: 0n, held: told.at(-1) ?? 0n, window: undefined }],
    clock: {
      after(_, act) {
        tick = act
        return () => {}
      },
    },
  })
  let held = 0n
  let last = 0n
  budgets.asks?.({
    held: () => picoUsd(held),
    news() {
      if (held === last) return []
      last = held
      return [{ budgetNumber: 7, held: picoUsd(held) }]
    },
    newsHeard: () => {},
    storeAnswered: () => {},
  })
  await budgets.exchange({ number: 1, has: [], wants: [] })
  const standing = () => budgets.standing([testBudget(100)])
  held = 30n
  tick?.()
  expect(await standing()).toEqual([{ spent: 0n, held: 30n }])
  held = 0n
  expect(await standing()).toEqual([{ spent: 0n, held: 0n }])
  await standing()
  expect(told).toEqual([30n, 0n])
  budgets.close()
})

test('whoever waits for a lease call hears of each answer of the store, be it that a record is kept', async () => {
  const trust = new Trust()
  let answered = 0
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: () => new Promise(() => {}),
    beat: async () => true,
    spent: async () => [],
    trust,
  })
  budgets.asks?.({
    held: () => picoUsd(0n),
    news: () => [],
    newsHeard: () => {},
    storeAnswered: () => (answered += 1),
  })
  void budgets.exchange({ number: 1, has: [], wants: [] })
  trust.heard(trust.now())
  expect(answered).toBe(1)
  budgets.close()
})

test('however many lease calls a process makes, it says that it lives once a second, and nothing more once it is closed', async () => {
  const planned = new Set<() => void>()
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: async () => ({ owner: 1, has: [], shortages: [] }),
    beat: async () => true,
    spent: async () => [],
    clock: {
      after(_, act) {
        planned.add(act)
        return () => void planned.delete(act)
      },
    },
  })
  const exchange = (number: number) => budgets.exchange({ number, has: [], wants: [] })
  await exchange(1)
  await exchange(2)
  expect(planned.size).toBe(1)
  budgets.close()
  await exchange(3)
  expect(planned.size).toBe(0)
})
