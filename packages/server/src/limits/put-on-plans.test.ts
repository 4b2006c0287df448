import { SpekaError } from '@speka/core'
import { put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Registry } from '../store/registry.ts'
import { putOnPlans } from './put-on-plans.ts'

const NOVEMBER = Date.UTC(2026, 10)
const NOON = Date.UTC(2026, 10, 22, 12)
const account: AccountRecord = { id: 'acc', account: 'acc', name: 'a', plan: 'pro', status: 'active', createdAt: 1 }

const onPlan = async (plan: string, record: AccountRecord = account) => {
  const store = openMemoryStore()
  await put(store, 'account', record)
  expect(await putOnPlans(store.registry, new Map([['acc', plan]]), NOON)).toEqual([])
  return store.registry.get('account', 'acc')
}

test('an account is put on the plan that the configuration says, for the whole month', async () => {
  const plans = [
    { plan: 'pro', from: 1 },
    { plan: 'scale', from: NOVEMBER },
  ]
  expect(await onPlan('scale')).toMatchObject({ revision: 2, record: { plan: 'scale', plans } })
})

test('it is the operator by his configuration who has put it there', async () => {
  const store = openMemoryStore()
  await put(store, 'account', account)
  await putOnPlans(store.registry, new Map([['acc', 'scale']]), NOON)
  const entries = await store.audit.list()
  expect(entries.at(-1)).toMatchObject({ at: NOON, actor: 'operator:configuration', action: 'account.plan' })
})

test.each([
  { conflicts: 4, outcome: 'scale' },
  { conflicts: 5, outcome: 'conflict' },
])('where others change it $conflicts times meanwhile what comes of it is $outcome', async ({ conflicts, outcome }) => {
  const store = openMemoryStore()
  await put(store, 'account', account)
  let left = conflicts
  const registry: Registry = {
    ...store.registry,
    change(changes, by) {
      left -= 1
      if (left >= 0) return Promise.reject(new SpekaError('conflict', 'It has changed.'))
      return store.registry.change(changes, by)
    },
  }
  const putting = putOnPlans(registry, new Map([['acc', 'scale']]), NOON)
  const told = await putting.then(
    async () => (await store.registry.get('account', 'acc'))?.record.plan,
    (error: unknown) => (SpekaError.is(error) ? error.code : error),
  )
  expect(told).toBe(outcome)
})

test.each([new SpekaError('storage_unavailable', 'It is gone.'), new Error('a fault')])(
  '%s is told at once',
  async (error) => {
    const store = openMemoryStore()
    await put(store, 'account', account)
    let tries = 0
    const registry: Registry = {
      ...store.registry,
      async change() {
        tries += 1
        throw error
      },
    }
    await expect(putOnPlans(registry, new Map([['acc', 'scale']]), NOON)).rejects.toBe(error)
    expect(tries).toBe(1)
  },
)

test('one that is on it already is left as it is', async () => {
  expect(await onPlan('pro')).toMatchObject({ revision: 1 })
})

test('what was ahead is taken away', async () => {
  const plans = [
    { plan: 'pro', from: 1 },
    { plan: 'free', from: Date.UTC(2026, 11) },
  ]
  expect(await onPlan('pro', { ...account, plans })).toMatchObject({
    revision: 2,
    record: { plan: 'pro', plans: [{ plan: 'pro', from: 1 }] },
  })
})

test('an account that there is not is told', async () => {
  expect(await putOnPlans(openMemoryStore().registry, new Map([['nobody', 'pro']]), NOON)).toEqual(['nobody'])
})
