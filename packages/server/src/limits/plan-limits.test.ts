import { type Call, parseUsd } from '@speka/core'
import { plans as shipped, type CallSubjects } from '@speka/core/internal'
import { put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { AccountRecord } from '../store/records.ts'
import { CapBook } from './cap-book.ts'
import { CompiledLimits, type ConfiguredBook } from './limit-book.ts'

const LOADED = 1000

let book: CompiledLimits
let now = 0
beforeEach(() => {
  now = LOADED
  book = new CompiledLimits({ modelsOf: () => [], now: () => now })
  configure({})
})

const configure = (more: Partial<ConfiguredBook>): void =>
  book.configure({
    limits: [],
    plans: new Map(shipped.map((plan) => [plan.id, plan])),
    planOf: new Map(),
    loadedAt: LOADED,
    ...more,
  })

const account = (plan: string, revision: number, more: Partial<AccountRecord> = {}) =>
  book.take([
    {
      kind: 'account',
      revision,
      record: { id: 'acc', account: 'acc', name: 'a', plan, status: 'active', createdAt: 1, ...more },
    },
  ])

const key: CallSubjects = { id: 'key', account: 'acc' }
const applied = (receivedAt = now) =>
  book.appliedTo({ subjects: key, receivedAt, outline: { model: 'm' } } as unknown as Call)

const since = () => applied()?.money[0]?.limit.since

test('an account on no plan has no limits', () => {
  account('none', 1)
  expect(applied()).toBeUndefined()
})

test('a plan limits the rate over all keys of its account, and no more where usage is billed', () => {
  account('starter', 1)
  expect(applied()?.money).toEqual([])
  expect(applied()?.rates).toMatchObject([
    { place: 'lim_plan_rpm_acc', limit: { rule: { kind: 'rpm', amount: 60 }, subject: { kind: 'account' } } },
  ])
})

test('a plan that stops limits money to its allowance in each month', () => {
  account('free', 1)
  expect(applied()?.money).toMatchObject([
    { limit: { rule: { kind: 'usd', amount: parseUsd('1'), window: 'month' }, onReached: 'stop' } },
  ])
})

test('a change of plan counts from when it is heard of, and again with the next', () => {
  account('starter', 1)
  account('free', 2)
  expect(applied()?.money).toHaveLength(1)
  account('none', 3)
  account('free', 2)
  expect(applied()).toBeUndefined()
})

test('of two plans of an account the one that was heard of later is in force wherever both are known', () => {
  account('starter', 1)
  const first = applied()?.rates[0]?.limit.revision ?? Infinity
  account('free', 2)
  const second = applied()?.rates[0]?.limit.revision
  expect(second).toBeGreaterThan(first)
})

test('what a month has spent before the plan counts; of a new account nothing has', () => {
  account('free', 1, { createdAt: LOADED + 1 })
  expect(since()).toBe(0)
  now = 5000
  account('free', 2, { createdAt: LOADED + 1, status: 'suspended' })
  expect(since()).toBe(0)
  account('starter', 3)
  now = 6000
  account('free', 4)
  expect(since()).toBe(6000)
})

test('a plan that was ahead is in force from its moment on, without anything happening then', () => {
  const plans = [
    { plan: 'starter', from: 1 },
    { plan: 'free', from: 9000 },
    { plan: 'none', from: 12_000 },
  ]
  account('starter', 1, { plans })
  const perMinute = () => applied()?.rates[0]?.limit.rule.amount
  expect([perMinute(), applied()?.money]).toEqual([60, []])
  now = 8999
  expect(applied()).toBe(applied())
  expect(perMinute()).toBe(60)
  now = 9000
  expect([perMinute(), applied()?.money.length]).toEqual([10, 1])
  expect(applied()).toBe(applied())
  expect(book.alwaysAppliedTo(key)).toBe(applied())
  now = 12_000
  expect(applied()).toBeUndefined()
  expect(book.alwaysAppliedTo(key)).toBeUndefined()
})

test('a plan that is taken back limits nobody any more, and the one before it does', () => {
  const before = { plan: 'free', from: 1 }
  account('starter', 1, { plans: [before, { plan: 'starter', from: 500 }] })
  expect(applied()?.money).toEqual([])
  account('free', 2, { plans: [before] })
  expect(applied()?.money).toHaveLength(1)
})

test('a request is limited by the plan of when it came, also when others have come since', () => {
  account('starter', 1, {
    plans: [
      { plan: 'starter', from: 1 },
      { plan: 'free', from: 9000 },
    ],
  })
  now = 9001
  expect(applied()?.money).toHaveLength(1)
  expect(applied(8999)?.money).toHaveLength(0)
  expect(applied()).toBe(applied())
})

test('an account that will be on a plan is known before it is', async () => {
  const record = { id: 'acc', account: 'acc', name: 'a', plan: 'none', status: 'active', createdAt: 1 } as const
  const plans = [
    { plan: 'none', from: 1 },
    { plan: 'free', from: 9000 },
  ]
  const store = openMemoryStore()
  await put(store, 'account', { ...record, plans })
  await book.read(store.registry)
  expect(applied()).toBeUndefined()
  now = 9000
  expect(applied()?.money).toHaveLength(1)
})

test('who comes back to a plan that stops is counted anew, with what he used meanwhile', () => {
  const first = [{ plan: 'free', from: 1 }]
  account('free', 1, { plans: first })
  const before = applied()?.money[0]
  now = 2000
  const meanwhile = [...first, { plan: 'starter', from: 2000 }]
  account('starter', 2, { plans: meanwhile })
  now = 3000
  account('free', 3, { plans: [...meanwhile, { plan: 'free', from: 3000 }] })
  const after = applied()?.money[0]
  expect(after?.place).not.toBe(before?.place)
  expect(after?.limit.since).toBe(3000)
})

const places = () => [...(applied()?.money ?? []), ...(applied()?.rates ?? [])].map(({ place }) => place)

test('what limits an account is called the same in every process, and each time that it comes to a plan that stops anew', () => {
  account('free', 1)
  expect(places()).toEqual(['lim_plan_usd_acc', 'lim_plan_rpm_acc'])
  now = 3000
  account('free', 2, {
    plans: [
      { plan: 'starter', from: 1 },
      { plan: 'free', from: 2000 },
    ],
  })
  expect(places()).toEqual(['lim_plan_usd_acc_2000', 'lim_plan_rpm_acc'])
})

test('an amount of a plan that changes is the same limit, of a later revision', () => {
  account('free', 1)
  const before = applied()?.money[0]
  const tiny = { ...shipped[0]!, includedUsage: parseUsd('2') }
  configure({ plans: new Map([['free', tiny]]), loadedAt: LOADED + 1 })
  const after = applied()?.money[0]
  expect(after?.place).toBe(before?.place)
  expect(after?.limit.revision).toBeGreaterThan(before?.limit.revision ?? Infinity)
  expect(after?.limit.rule.amount).toBe(parseUsd('2'))
})

test('the configuration’s word on a plan goes before the registry’s', () => {
  account('none', 1)
  configure({ planOf: new Map([['acc', 'free']]) })
  expect(applied()?.money).toMatchObject([{ limit: { revision: LOADED } }])
  configure({ planOf: new Map([['acc', 'none']]) })
  account('free', 2)
  expect(applied()).toBeUndefined()
})

test('on the plan that a configuration says what was used counts from when the account was on it, whatever is ahead', () => {
  const plans = [
    { plan: 'free', from: 1 },
    { plan: 'starter', from: 9000 },
  ]
  account('free', 1, { createdAt: LOADED + 1, plans })
  configure({ planOf: new Map([['acc', 'free']]) })
  expect(since()).toBe(0)
})

test('a plan that stops goes as far as credit lets it, also when that changes, in this account alone', async () => {
  const amounts = [parseUsd('11'), parseUsd('4')]
  const caps = new CapBook(
    async () => amounts.shift() ?? parseUsd('0'),
    () => now,
  )
  book = new CompiledLimits({ modelsOf: () => [], now: () => now, caps })
  configure({})
  account('free', 1)
  const grant = { id: 'grant', account: 'acc', createdAt: 1, usd: '10', priority: 100, from: 1 } as const
  book.take([{ kind: 'grant', revision: 1, record: grant }])
  const money = () => applied()?.money[0]?.limit
  expect(money()).toMatchObject({ rule: { amount: parseUsd('1') }, mayBeMore: true })
  await caps.settled()
  now += 100
  const known = money()
  expect(known).toMatchObject({ rule: { amount: parseUsd('11') } })
  expect(known?.mayBeMore).toBeUndefined()
  expect(money()).toBe(known)
  book.take([{ kind: 'grant', revision: 2, record: { ...grant, revokedAt: now } }])
  await caps.settled()
  expect(money()).toMatchObject({ id: known?.id, rule: { amount: parseUsd('4') } })
  expect(money()?.revision).toBeGreaterThan(known?.revision ?? Infinity)
  account('starter', 2)
  expect(applied()?.money).toEqual([])
  expect(amounts).toEqual([])
})

const amountAt = (at: number) => applied(at)?.money[0]?.limit.rule.amount

test('a request that came before a month began goes as far as that month did, also when others have come since', async () => {
  const december = Date.UTC(2026, 11)
  now = december + 1
  const caps = new CapBook(
    async (_, at) => parseUsd(at < december ? '11' : '4'),
    () => now,
  )
  book = new CompiledLimits({ modelsOf: () => [], now: () => now, caps })
  configure({})
  account('free', 1)
  const grant = { id: 'grant', account: 'acc', createdAt: 1, usd: '10', priority: 100, from: 1 } as const
  book.take([{ kind: 'grant', revision: 1, record: grant }])
  await caps.settled()
  expect(amountAt(now)).toBe(parseUsd('4'))
  // Of the month before it has to be read first.
  expect(amountAt(december - 1)).toBe(parseUsd('1'))
})

const ofKey = (more: Partial<CallSubjects>) => book.alwaysAppliedTo({ ...key, ...more })

test('what test keys use is not the matter of a plan that stops; how often they ask is', () => {
  configure({ testKeys: ['key_config'] })
  account('free', 1)
  expect(ofKey({ mode: 'live' })?.money).toMatchObject([{ limit: { liveKeysOnly: { testKeys: [] } } }])
  expect(ofKey({ mode: 'test' })).toMatchObject({ money: [], rates: [{ limit: { rule: { kind: 'rpm' } } }] })
  configure({ testKeys: ['key_config'], planOf: new Map([['default', 'free']]) })
  expect(ofKey({ account: 'default' })?.money).toMatchObject([
    { limit: { liveKeysOnly: { testKeys: ['key_config'] } } },
  ])
})

test('an account whose plan nobody knows is told, and nothing is let through', () => {
  account('gone', 1)
  const none = { plans: new Map(), planOf: new Map<string, string>() }
  expect(book.withoutPlan(none)).toMatchObject([{ account: 'acc', plan: 'gone' }])
  account('gone', 2, {
    plans: [
      { plan: 'gone', from: 1 },
      { plan: 'none', from: LOADED },
      { plan: 'lost', from: 9000 },
    ],
  })
  expect(book.withoutPlan(none)).toMatchObject([{ account: 'acc', plan: 'lost' }])
  account('gone', 3, {
    plans: [
      { plan: 'gone', from: 1 },
      { plan: 'free', from: 9000 },
    ],
  })
  expect(book.withoutPlan({ ...none, plans: new Map([['free', shipped[0]!]]) })).toMatchObject([{ plan: 'gone' }])
  account('gone', 4)
  expect(book.withoutPlan({ ...none, planOf: new Map([['acc', 'pro']]) })).toEqual([])
  expect(applied()?.money).toMatchObject([{ limit: { rule: { amount: 0n, window: 'lifetime' }, onReached: 'stop' } }])
})
