import { setImmediate as turn } from 'node:timers/promises'
import { picoUsd, SpekaError } from '@speka/core'
import type { Budget, HeldNews, LeaseCall } from '@speka/core/internal'
import type { SentCall } from './lease-messages.ts'
import type { BudgetWindow, SpentParts } from './spent-parts.ts'
import { storeBudgets } from './store-budgets.ts'
import { Trust } from './trust.ts'
import { TEST_DAY, testBudget } from '../../../../core/src/limits/__fixtures__/budget.ts'

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
      after(ms, act) {
        expect(ms).toBe(1000)
        planned.add(act)
        return () => void planned.delete(act)
      },
    },
  })
  const exchange = (number: number) => budgets.exchange({ number, has: [], wants: [] })
  await exchange(1)
  await exchange(2)
  expect(planned.size).toBe(1)
  const [first] = planned
  planned.clear()
  first?.()
  await turn()
  expect(planned.size).toBe(1)
  budgets.close()
  await exchange(3)
  expect(planned.size).toBe(0)
})

/** Limits of three ages, in a window that began an hour ago. */
const NOW = TEST_DAY + 3_600_000
const old = testBudget(100, { since: TEST_DAY - 1500 })
const known = testBudget(200, { since: NOW - 1500, models: 'meta/*', revision: 7 })
const young = testBudget(300, { since: NOW - 1499, subject: { kind: 'team', id: 'team', account: 'acc' } })

const spentOf = (window: SpentParts['window'], more: Partial<SpentParts> = {}): SpentParts => ({
  charged: 0n,
  held: 0n,
  before: undefined,
  window,
  ...more,
})

/** What rows had charged, of which rows that name the budget are 20. */
const rows: SpentParts['window'] = {
  all: [
    ['meta/llama', 50n],
    ['other', 7n],
    [undefined, 1n],
  ],
  naming: 20n,
}

/** A store that does not know yet what was spent before of these budgets, and what it was asked, in order. */
function asking(unknown: readonly Budget[]) {
  const clock = { now: NOW }
  const log: string[] = []
  const calls: SentCall[] = []
  const windows: BudgetWindow[] = []
  const budgets = storeBudgets({
    now: () => clock.now,
    handedOver: async () => void log.push('rows handed over'),
    exchange: async (call) => {
      log.push('call')
      calls.push(call)
      if (calls.length === 1 && unknown.length > 0) return { unknown: unknown.map(({ id }) => id) }
      const has = [{ budgetId: old.id, budgetNumber: 3, granted: 60n, grants: 2, recalled: 5n }]
      const holders = [{ owner: 4, left: 9n, grants: 1, heard: 6 }]
      return { owner: 2, has, shortages: [undefined, [{ budgetId: young.id, room: -8n, holders }]] }
    },
    beat: async () => (log.push('beat'), true),
    spent: async (asked, isWindowWanted) => {
      log.push(isWindowWanted ? 'rows added up' : 'spent')
      windows.push(...asked)
      // Rows take their time.
      clock.now += 10_000
      return asked.map(() => spentOf(rows))
    },
    clock: { after: () => () => {} },
  })
  const storeAnswered = (): void => void log.push('store answered')
  budgets.asks?.({ held: () => picoUsd(0n), news: () => [], newsHeard: () => {}, storeAnswered })
  return { budgets, log, calls, windows }
}

const lease = { granted: picoUsd(40n), held: picoUsd(30n) }
const wants = [
  {
    lacks: [
      { budget: known, amount: picoUsd(11n) },
      { budget: old, amount: picoUsd(12n) },
    ],
  },
  { lacks: [{ budget: young, amount: picoUsd(13n) }] },
]
const call: LeaseCall = {
  number: 5,
  has: [
    { budget: old, ...lease },
    { budget: young, ...lease, ends: true },
  ],
  wants,
}

describe('a lease call', () => {
  test('comes behind the rows, and names each of its budgets once', async () => {
    const { budgets, log, calls } = asking([])
    const reply = await budgets.exchange(call)
    expect(calls).toEqual([
      {
        number: 5,
        budgets: [
          // Nobody spent anything in its window before rows named it.
          { id: old.id, cap: 100n, revision: 1, isKnown: true, before: { amount: 0n, isFinal: true } },
          { id: young.id, cap: 300n, revision: 1, isKnown: false, before: undefined },
          { id: known.id, cap: 200n, revision: 7, isKnown: true, before: undefined },
        ],
        has: [
          { budget: 0, granted: 40n, held: 30n, ends: false },
          { budget: 1, granted: 40n, held: 30n, ends: true },
        ],
        wants: [
          {
            lacks: [
              { budget: 2, amount: 11n },
              { budget: 0, amount: 12n },
            ],
          },
          { lacks: [{ budget: 1, amount: 13n }] },
        ],
      },
    ])
    expect(log).toEqual(['rows handed over', 'call', 'store answered'])
    const holders = [{ owner: 4, left: 9n, grants: 1, heard: 6 }]
    expect(reply).toEqual({
      owner: 2,
      has: [{ budgetId: old.id, budgetNumber: 3, granted: 60n, grants: 2, recalled: 5n }],
      shortages: [undefined, [{ budgetId: young.id, room: -8n, holders }]],
    })
  })

  test('is made again with what windows had spent before rows named them, where the store does not know it', async () => {
    const { budgets, log, calls, windows } = asking([known, young])
    await budgets.exchange(call)
    expect(log).toEqual([
      'rows handed over',
      'call',
      'store answered',
      'rows added up',
      'store answered',
      'rows handed over',
      'call',
      'store answered',
    ])
    expect(windows).toMatchObject([
      { id: known.id, kind: 'key', subjectId: 'key_A', account: 'default', from: TEST_DAY, ofModels: true },
      { id: young.id, kind: 'team', subjectId: 'team', account: 'acc', until: TEST_DAY + 86_400_000, ofModels: false },
    ])
    // Of the young one somebody may not have known while the rows were read.
    expect(calls[1]?.budgets.map(({ before }) => before)).toEqual([
      { amount: 0n, isFinal: true },
      { amount: 38n, isFinal: false },
      { amount: 30n, isFinal: true },
    ])
  })
})

test('a window that began when a limit was young, or not long after, may have rows that do not name it', async () => {
  const { budgets, calls } = asking([])
  const lacks = [TEST_DAY - 1500, TEST_DAY - 1499, 0].map((since) => ({
    budget: testBudget(100, { since }),
    amount: picoUsd(1n),
  }))
  await budgets.exchange({ number: 1, has: [], wants: [{ lacks }] })
  expect(calls[0]?.budgets.map(({ before }) => before?.isFinal)).toEqual([true, undefined, true])
})

test('what is spent of a budget is what rows that name it charged, and what it had spent before', async () => {
  const parts = [
    spentOf(undefined, { charged: 5n, before: 30n, held: 4n }),
    spentOf(rows, { charged: 5n }),
    spentOf(rows),
    undefined,
  ]
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: async () => ({ owner: 1, has: [], shortages: [] }),
    beat: async () => true,
    spent: async () => parts as readonly SpentParts[],
  })
  expect(await budgets.standing([old, known, young, old])).toEqual([
    { spent: 35n, held: 4n },
    { spent: 35n, held: 0n },
    { spent: 38n, held: 0n },
    { spent: 0n, held: 0n },
  ])
})

test('of what is held nothing is told before the first lease call, nor where nothing has changed, nor once it is closed', async () => {
  const { budgets, log } = asking([])
  let told = 0
  let changed: readonly HeldNews[] = [{ budgetNumber: 1, held: picoUsd(1n) }]
  const news = () => ((told += 1), changed)
  budgets.asks?.({ held: () => picoUsd(1n), news, newsHeard: () => {}, storeAnswered: () => {} })
  await budgets.standing([old])
  expect([log, told]).toEqual([['spent'], 0])
  await budgets.exchange({ number: 1, has: [], wants: [] })
  await budgets.standing([old])
  expect(log.filter((what) => what === 'beat')).toHaveLength(1)
  changed = []
  await budgets.standing([old])
  expect(log.filter((what) => what === 'beat')).toHaveLength(1)
  changed = [{ budgetNumber: 1, held: picoUsd(2n) }]
  budgets.close()
  await budgets.standing([old])
  expect(log.filter((what) => what === 'beat')).toHaveLength(1)
})

test('a process that is closed while it says that it lives says it no more', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const planned: (() => void)[] = []
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: async () => ({ owner: 1, has: [], shortages: [] }),
    beat: () => promise,
    spent: async () => [],
    clock: { after: (_, act) => (planned.push(act), () => {}) },
  })
  await budgets.exchange({ number: 1, has: [], wants: [] })
  planned[0]?.()
  await turn()
  budgets.close()
  resolve(true)
  await turn()
  expect(planned).toHaveLength(1)
})

test('what was lent is trusted for as long as the store takes this process for alive', async () => {
  const clock = { now: 0 }
  let isAlive = true
  let tick: (() => void) | undefined
  const trust = new Trust(() => clock.now)
  const budgets = storeBudgets({
    handedOver: async () => {},
    exchange: async () => ({ owner: 1, has: [], shortages: [] }),
    beat: async () => isAlive,
    spent: async () => [],
    trust,
    clock: { after: (_, act) => ((tick = act), () => {}) },
  })
  const beat = async (): Promise<boolean | undefined> => {
    tick?.()
    await turn()
    return budgets.trusted?.()
  }
  clock.now = 200_000
  // It was lent nothing yet.
  expect(budgets.trusted?.()).toBe(true)
  await budgets.exchange({ number: 1, has: [], wants: [] })
  expect(budgets.trusted?.()).toBe(true)
  clock.now += 120_000
  expect(budgets.trusted?.()).toBe(false)
  expect(await beat()).toBe(true)
  isAlive = false
  expect(await beat()).toBe(false)
  await budgets.exchange({ number: 2, has: [], wants: [] })
  expect(budgets.trusted?.()).toBe(true)
})
