import { type Call, parseUsd } from '@speka/core'
import { plans as shipped, type CallSubjects } from '@speka/core/internal'
import type { AccountRecord } from '../store/records.ts'
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
const applied = () => book.appliedTo({ subjects: key, outline: { model: 'm' } } as unknown as Call)

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
  expect(applied()?.money).toHaveLength(1)
  configure({ planOf: new Map([['acc', 'none']]) })
  account('free', 2)
  expect(applied()).toBeUndefined()
})

test('an account whose plan nobody knows is told, and nothing is let through', () => {
  account('gone', 1)
  const none = { plans: new Map(), planOf: new Map<string, string>() }
  expect(book.withoutPlan(none)).toMatchObject([{ account: 'acc', plan: 'gone' }])
  expect(book.withoutPlan({ ...none, planOf: new Map([['acc', 'pro']]) })).toEqual([])
  expect(applied()?.money).toMatchObject([{ limit: { rule: { amount: 0n, window: 'lifetime' }, onReached: 'stop' } }])
})
