import { operationParts, operator, shipped } from './__fixtures__/two-accounts.ts'
import { changePlan } from './change-account.ts'
import { createAccount } from './create-account.ts'
import { createKey } from './create-key.ts'
import type { OperationParts } from './operation.ts'
import { revokeKey } from './revoke-key.ts'
import { showAccount } from './show-account.ts'
import { showKey } from './show-key.ts'
import { rotateKey } from './rotate-key.ts'
import { updateKey } from './update-key.ts'

let parts: OperationParts
let time: { now: number }
beforeEach(() => {
  ;({ parts, time } = operationParts())
})

const subscribed = async (plan: string) => (await createAccount(parts, operator, { name: 'a', plan })).id

test('a plan that there is not is refused, and those there are are named', async () => {
  const message = 'plan must be one of none, free, starter, pro, scale, not "gold".'
  const refusal = { code: 'invalid_value', param: 'plan', message }
  const account = await subscribed('none')
  const version = await parts.store.registry.version()
  for (const refused of [
    createAccount(parts, operator, { name: 'b', plan: 'gold' }),
    createKey(parts, operator, { name: 'b', plan: 'gold' }),
    changePlan(parts, operator, { id: account, plan: 'gold' }),
  ])
    await expect(refused).rejects.toMatchObject(refusal)
  expect(await parts.store.registry.version()).toBe(version)
})

test('a key above a plan’s number is refused, with what to do; one that has ended makes room', async () => {
  const account = await subscribed('free')
  const { id } = await createKey(parts, operator, { account, name: 'one' })
  const second = () => createKey(parts, operator, { account, name: 'two' })
  const message = `The plan free has 1 key, and ${account} has 1. Revoke a key that is not needed, or take a larger plan: speka accounts plan ID PLAN`
  await expect(second()).rejects.toMatchObject({ code: 'invalid_value', message })
  const { id: rotated } = await rotateKey(parts, operator, { id, grace: '1h' })
  await expect(second()).rejects.toMatchObject({ code: 'invalid_value' })
  await revokeKey(parts, operator, { id: rotated })
  await second()
})

test('a key that has expired is not revived above the plan’s number; rotating needs no room', async () => {
  const account = await subscribed('free')
  const expires_at = '2030-01-01T00:00:00Z'
  const { id } = await createKey(parts, operator, { account, name: 'one', expires_at })
  const later: OperationParts = { ...parts, now: () => Date.parse('2031-01-01T00:00:00Z') }
  const { id: second } = await createKey(later, operator, { account, name: 'two' })
  const revive = () => updateKey(later, operator, { id, expires_at: null })
  await expect(revive()).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('The plan free has 1 key'),
  })
  expect(await updateKey(later, operator, { id, name: 'still over' })).toMatchObject({ name: 'still over' })
  const { id: rotated } = await rotateKey(later, operator, { id: second })
  await expect(revive()).rejects.toMatchObject({ code: 'invalid_value' })
  await revokeKey(later, operator, { id: rotated })
  expect(await revive()).toMatchObject({ id, expires_at: null })
})

test('of two keys that are revived at once, where there is room for one, one is', async () => {
  const account = await subscribed('starter')
  const expires_at = '2030-01-01T00:00:00Z'
  const make = (name: string) => createKey(parts, operator, { account, name, expires_at })
  const [one, other] = [await make('one'), await make('other')]
  const later: OperationParts = { ...parts, now: () => Date.parse('2031-01-01T00:00:00Z') }
  for (const name of ['a', 'b', 'c', 'd']) await createKey(later, operator, { account, name })
  const revived = await Promise.allSettled(
    [one, other].map(({ id }) => updateKey(later, operator, { id, expires_at: null })),
  )
  expect(revived.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('of many who make keys at once no more than the plan’s number are given one', async () => {
  const account = await subscribed('starter')
  const made = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => createKey(parts, operator, { account, name: `k${index}` })),
  )
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  expect(await parts.store.registry.list('key', { account })).toHaveLength(5)
})

test('keys of the configuration count with those of the account default', async () => {
  const configured: OperationParts = { ...parts, plans: async () => ({ ...shipped, configuredKeys: 1 }) }
  await changePlan(configured, operator, { id: 'default', plan: 'free' })
  await expect(createKey(configured, operator, { name: 'k' })).rejects.toMatchObject({ code: 'invalid_value' })
})

test('an account does not move to a plan that has fewer keys than it', async () => {
  const account = await subscribed('starter')
  for (const name of ['one', 'two']) await createKey(parts, operator, { account, name })
  const down = changePlan(parts, operator, { id: account, plan: 'free' })
  await expect(down).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('free has 1 key'),
  })
  expect(await changePlan(parts, operator, { id: account, plan: 'pro' })).toMatchObject({ plan: 'pro' })
})

test('a larger plan is there at once, a smaller one with the next month, and what was ahead is taken away', async () => {
  const id = await subscribed('starter')
  const december = '2026-12-01T00:00:00.000Z'
  const change = (plan: string, when?: string) => changePlan(parts, operator, { id, plan, when })
  expect(await change('free')).toMatchObject({ plan: 'starter', next_plan: { plan: 'free', from: december } })
  expect(await change('none')).toMatchObject({ plan: 'starter', next_plan: { plan: 'none', from: december } })
  expect(await change('pro')).toMatchObject({ plan: 'pro', next_plan: null })
  expect(await change('starter')).toMatchObject({ plan: 'pro', next_plan: { plan: 'starter', from: december } })
  expect(await change('pro')).toMatchObject({ plan: 'pro', next_plan: null, revision: 6 })
  expect(await change('pro')).toMatchObject({ revision: 6 })
  expect(await change('free', 'now')).toMatchObject({ plan: 'free', next_plan: null })
  expect(await change('scale', 'month_end')).toMatchObject({ plan: 'free', next_plan: { plan: 'scale' } })
  await expect(change('pro', 'tomorrow')).rejects.toMatchObject({ param: 'when' })
})

test('a plan that was ahead is shown once it is in force, with its keys, though nothing has happened', async () => {
  const account = await subscribed('starter')
  const key = await createKey(parts, operator, { account, name: 'one' })
  await changePlan(parts, operator, { id: account, plan: 'free' })
  time.now = Date.UTC(2026, 11) - 1
  expect(await showAccount(parts, operator, { id: account })).toMatchObject({ plan: 'starter' })
  expect(await showKey(parts, operator, { id: key.id })).toMatchObject({ plan: 'starter' })
  time.now += 1
  expect(await showAccount(parts, operator, { id: account })).toMatchObject({ plan: 'free', next_plan: null })
  expect(await showKey(parts, operator, { id: key.id })).toMatchObject({ plan: 'free' })
  await expect(createKey(parts, operator, { account, name: 'two', plan: 'starter' })).rejects.toMatchObject({
    message: 'plan must be that of the account, free.',
  })
})

test('a key fits the plan that comes next as well, unless it will have ended by then', async () => {
  const account = await subscribed('starter')
  await createKey(parts, operator, { account, name: 'one' })
  const { id } = await createKey(parts, operator, { account, name: 'two' })
  await expect(changePlan(parts, operator, { id: account, plan: 'free' })).rejects.toMatchObject({
    message: expect.stringContaining('free has 1 key'),
  })
  await updateKey(parts, operator, { id, expires_at: '2026-11-30T00:00:00Z' })
  expect(await changePlan(parts, operator, { id: account, plan: 'free' })).toMatchObject({ plan: 'starter' })
  const message = `The plan free, which begins at 2026-12-01T00:00:00.000Z, has 1 key, and ${account} has 1. Revoke`
  await expect(createKey(parts, operator, { account, name: 'three' })).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining(message),
  })
})

test('a plan that the configuration says is changed there', async () => {
  const said: OperationParts = { ...parts, plans: async () => ({ ...shipped, planOf: new Map([['default', 'none']]) }) }
  const change = changePlan(said, operator, { id: 'default', plan: 'pro' })
  await expect(change).rejects.toMatchObject({ message: expect.stringContaining('change accounts.default.plan there') })
})

test('a key made on a plan gets an account of its name on it', async () => {
  expect(await createKey(parts, operator, { name: 'shop', plan: 'starter' })).toMatchObject({ plan: 'starter' })
})
