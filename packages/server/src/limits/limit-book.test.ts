import type { Call } from '@speka/core'
import { plans, type Applied, type CallSubjects, type Limit, type LimitRule, type Subject } from '@speka/core/internal'
import { parseUsd } from '@speka/core'
import { accountRecord, put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { LimitRecord } from '../store/records.ts'
import type { AnyKept } from '../store/registry.ts'
import type { CapBook } from './cap-book.ts'
import { CompiledLimits, EVERY_ACCOUNT } from './limit-book.ts'

const money: LimitRule = { kind: 'usd', amount: parseUsd('5'), window: 'month' }

const limit = (id: string, subject: Partial<Subject> & Pick<Subject, 'kind'>, more: Partial<Limit> = {}): Limit => ({
  id,
  subject: { account: 'acc', ...subject },
  rule: money,
  onReached: 'stop',
  since: 0,
  revision: 1,
  ...more,
})

const key: CallSubjects = {
  id: 'key',
  account: 'acc',
  team: 'team',
  environment: 'prod',
  member: 'mem',
  tags: ['a', 'b', 'a'],
}

const callOf = (subjects: CallSubjects | undefined, outline: object = {}, customer?: string): Call =>
  ({ subjects, customer, receivedAt: 0, outline: { model: 'acme/fast', ...outline } }) as unknown as Call

const modelsOf = ({ outline }: Call): string[] => [outline.model, ...(outline.models ?? [])]

function bookOf(...limits: readonly Limit[]): CompiledLimits {
  const book = new CompiledLimits({ modelsOf })
  book.configure({ limits, plans: new Map(), planOf: new Map(), loadedAt: 1 })
  return book
}

const placesIn = (applied: Applied | undefined): string[] =>
  [...(applied?.money ?? []), ...(applied?.rates ?? [])].map(({ place }) => place).sort()

test('nothing applies where nothing is limited, nor to a call that is nobody’s', () => {
  expect(bookOf().appliedTo(callOf(key))).toBeUndefined()
  expect(bookOf(limit('l', { kind: 'account' })).appliedTo(callOf(undefined))).toBeUndefined()
  expect(bookOf(limit('l', { kind: 'key', id: 'other' })).appliedTo(callOf(key))).toBeUndefined()
})

test.each([
  ['account', undefined],
  ['team', 'team'],
  ['environment', 'prod'],
  ['member', 'mem'],
  ['key', 'key'],
  ['tag', 'b'],
] as const)('a limit of %s applies to a key that has it, in its account', (kind, id) => {
  const book = bookOf(limit('l', { kind, id }))
  expect(placesIn(book.appliedTo(callOf(key)))).toEqual(['l'])
  expect(book.appliedTo(callOf({ ...key, account: 'other' }))).toBeUndefined()
  const bare = callOf({ id: 'bare', account: 'acc' })
  if (kind !== 'account') expect(book.appliedTo(bare)).toBeUndefined()
  // Nor is what each has for itself that of one that has none.
  if (kind !== 'account' && kind !== 'key') expect(bookOf(limit('l', { kind })).appliedTo(bare)).toBeUndefined()
})

test('who has a limit for himself has a place for himself', () => {
  const book = bookOf(limit('k', { kind: 'key' }), limit('t', { kind: 'tag' }), limit('c', { kind: 'customer' }))
  const applied = book.appliedTo(callOf(key, {}, 'ann'))
  expect(placesIn(applied)).toEqual(['c ann', 'k key', 't a', 't b'])
  expect(applied?.money.map(({ subjectId }) => subjectId).sort()).toEqual(['a', 'ann', 'b', 'key'])
})

test('a limit of every account is each one’s own', () => {
  const everywhere = { account: EVERY_ACCOUNT }
  const book = bookOf(
    limit('a', { kind: 'account', ...everywhere }),
    limit('c', { kind: 'customer', ...everywhere }),
    limit('e', { kind: 'environment', id: 'prod', ...everywhere }),
  )
  const places = (account: string) => placesIn(book.appliedTo(callOf({ ...key, account }, {}, 'ann b')))
  expect(places('acc')).toEqual(['a acc', 'c acc ann b', 'e acc'])
  expect(places('other')).toEqual(['a other', 'c other ann b', 'e other'])
  const [first] = book.appliedTo(callOf(key))?.money ?? []
  expect(first?.limit.subject.account).toBe('acc')
})

test('a customer is whom the call names, by header or in the body; a call for nobody is not counted for one', () => {
  const book = bookOf(limit('one', { kind: 'customer', id: 'ann' }), limit('each', { kind: 'customer' }))
  expect(placesIn(book.appliedTo(callOf(key, {}, 'ann')))).toEqual(['each ann', 'one'])
  expect(placesIn(book.appliedTo(callOf(key, { user: 'bob' })))).toEqual(['each bob'])
  expect(book.appliedTo(callOf(key))).toBeUndefined()
})

test('money is counted for every model that may answer, a rate for the one that was asked for', () => {
  const rate: LimitRule = { kind: 'rpm', amount: 5 }
  const book = bookOf(
    limit('usd', { kind: 'account' }, { models: 'meta/*' }),
    limit('rpm', { kind: 'account' }, { models: 'meta/*', rule: rate }),
    limit('all', { kind: 'account' }, { rule: rate }),
  )
  const places = (outline: object) => placesIn(book.appliedTo(callOf(key, outline)))
  expect(places({})).toEqual(['all'])
  expect(places({ models: ['meta/llama'] })).toEqual(['all', 'usd'])
  expect(places({ model: 'meta/llama' })).toEqual(['all', 'rpm', 'usd'])
})

test('what limits every call of a key is neither of a model nor of a customer', () => {
  const book = bookOf(
    limit('always', { kind: 'account' }),
    limit('model', { kind: 'account' }, { models: 'meta/*' }),
    limit('customer', { kind: 'customer' }),
  )
  expect(placesIn(book.alwaysAppliedTo(key))).toEqual(['always'])
  expect(bookOf().alwaysAppliedTo(key)).toBeUndefined()
})

test('what applies to a key is compiled once', () => {
  const book = bookOf(limit('l', { kind: 'account' }))
  expect(book.appliedTo(callOf(key))).toBe(book.appliedTo(callOf(key)))
})

test('a call that was asked of before is asked of anew once limits have changed', () => {
  const ofModels = limit('old', { kind: 'account' }, { models: 'acme/*' })
  const book = bookOf(ofModels)
  const call = callOf(key)
  expect(placesIn(book.appliedTo(call))).toEqual(['old'])
  const limits = [ofModels, limit('new', { kind: 'account' }, { models: 'acme/*' })]
  book.configure({ limits, plans: new Map(), planOf: new Map(), loadedAt: 2 })
  expect(placesIn(book.appliedTo(call))).toEqual(['new', 'old'])
})

test('of an account on a plan nothing is let through before a configuration says what that is', () => {
  const book = new CompiledLimits({ modelsOf })
  book.take([{ kind: 'account', revision: 3, record: accountRecord('acc', { plan: 'free' }) }])
  expect(book.appliedTo(callOf(key))?.money).toMatchObject([{ place: 'lim_plan_unknown_acc', limit: { revision: 3 } }])
})

test('a key in place of another is counted with it', () => {
  const book = bookOf(limit('l', { kind: 'key', id: 'key' }), limit('e', { kind: 'key' }))
  const second = { ...key, id: 'key_2', origin: 'key' }
  expect(placesIn(book.appliedTo(callOf(second)))).toEqual(['e key', 'l'])
})

const record = (id: string, more: Partial<LimitRecord> = {}): LimitRecord => ({
  id,
  account: 'acc',
  createdAt: 1,
  subject: { kind: 'account' },
  rule: { kind: 'usd', usd: '5', window: 'day' },
  onReached: 'stop',
  since: 1,
  setBy: 'operator',
  ...more,
})

test('a change that is heard of counts from then on, and one that comes late does not undo it', () => {
  const book = new CompiledLimits({ modelsOf })
  const hear = (revision: number, more: Partial<LimitRecord> = {}) =>
    book.take([{ kind: 'limit', revision, record: record('lim_1', more) }])
  const cap = () => book.appliedTo(callOf(key))?.money[0]?.limit.rule.amount
  hear(1)
  expect(cap()).toBe(parseUsd('5'))
  hear(2, { rule: { kind: 'usd', usd: '7', window: 'day' } })
  hear(1)
  expect(cap()).toBe(parseUsd('7'))
  hear(3, { removedAt: 9 })
  hear(2)
  expect(cap()).toBeUndefined()
})

describe('what the registry has', () => {
  const configured = {
    planOf: new Map([
      ['acc', 'none'],
      ['typo', 'none'],
    ]),
  }

  test('is read once: accounts that there are not can be told from then on, and those made since are there', async () => {
    const store = openMemoryStore()
    await put(store, 'account', accountRecord('acc'))
    const book = new CompiledLimits({ modelsOf })
    expect(book.unknownAccounts(configured)).toEqual([])
    await book.read(store.registry)
    expect(book.unknownAccounts(configured)).toEqual(['typo'])
    book.take([await put(store, 'account', accountRecord('typo'))])
    expect(book.unknownAccounts(configured)).toEqual([])
  })

  test('limits calls with the limits, the plans and the names of teams that it had before', async () => {
    const store = openMemoryStore()
    const team: Subject = { kind: 'team', id: 'team', account: 'acc' }
    await put(store, 'limit', record('lim_2', { subject: { kind: 'tag', id: 'team' } }))
    await put(store, 'account', accountRecord('acc', { plan: 'free' }))
    await put(store, 'team', { id: 'team', account: 'acc', name: 'Research', createdAt: 1 })
    await put(store, 'limit', record('lim_1', { subject: team }))
    const book = new CompiledLimits({ modelsOf })
    book.configure({ limits: [], plans: new Map(plans.map((plan) => [plan.id, plan])), planOf: new Map(), loadedAt: 1 })
    await book.read(store.registry)
    const applied = book.appliedTo(callOf(key))
    expect(placesIn(applied)).toEqual(['lim_1', 'lim_plan_rpm_acc', 'lim_plan_usd_acc'])
    expect(applied?.money.find(({ place }) => place === 'lim_1')?.limit.subject).toMatchObject({ name: 'Research' })
    book.take([await put(store, 'team', { id: 'team', account: 'acc', name: 'Search', createdAt: 1 })])
    const renamed = book.appliedTo(callOf(key))?.money.find(({ place }) => place === 'lim_1')
    expect(renamed?.limit.subject).toMatchObject({ name: 'Search' })
  })
})

test('credit and corrections that were there before are told of to whoever adds up how far accounts may go', async () => {
  const store = openMemoryStore()
  await put(store, 'account', accountRecord('acc'))
  await put(store, 'grant', { id: 'grant', account: 'acc', createdAt: 1, usd: '5', priority: 100, from: 1 })
  await put(store, 'adjustment', {
    id: 'adj',
    account: 'acc',
    createdAt: 1,
    month: '2026-11',
    kind: 'usage',
    usd: '1',
    reason: 'a correction',
  })
  const told: string[] = []
  const caps = {
    take: (changed: readonly AnyKept[]) => (told.push(...changed.map(({ kind }) => kind)), new Set<string>()),
    settled: async () => void told.push('settled'),
  } as unknown as CapBook
  await new CompiledLimits({ modelsOf, caps }).read(store.registry)
  expect(told).toEqual(['grant', 'adjustment', 'settled'])
})

test('of a key is told what limits it whatever it asks for, and what limits one customer of it', () => {
  const rate: LimitRule = { kind: 'rpm', amount: 5 }
  const book = bookOf(
    limit('always', { kind: 'account' }),
    limit('rate', { kind: 'key' }, { rule: rate }),
    limit('model', { kind: 'account' }, { models: 'meta/*' }),
    limit('each', { kind: 'customer' }),
    limit('everywhere', { kind: 'customer', account: EVERY_ACCOUNT }),
    limit('ann', { kind: 'customer', id: 'ann' }),
    limit('other', { kind: 'customer', account: 'other' }),
  )
  expect(placesIn(book.appliedToKey(key))).toEqual(['always', 'model', 'rate key'])
  expect(placesIn(book.appliedToKey(key, 'ann'))).toEqual([
    'always',
    'ann',
    'each ann',
    'everywhere acc ann',
    'model',
    'rate key',
  ])
  expect(book.ofEachCustomer('acc').map(({ id }) => id)).toEqual(['each', 'everywhere'])
})
