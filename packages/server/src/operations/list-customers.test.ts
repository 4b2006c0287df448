import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { holder, NOON, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { createAccount } from './create-account.ts'
import { listCustomers } from './list-customers.ts'
import { removeLimit } from './remove-limit.ts'
import { setLimit } from './set-limit.ts'

async function twoCustomers() {
  const { parts } = operationParts()
  const account = (await createAccount(parts, operator, { name: 'a' })).id
  const settle = (customer: string | undefined, charge: bigint, createdAt = NOON - 1) =>
    parts.store.ledger.settle(usageRecord({ account, customer, charge, createdAt }))
  await settle('Ada', 1n)
  await settle('Zoë', 3n)
  await settle(undefined, 9n)
  await settle('long ago', 9n, NOON - 40 * 86_400_000)
  return { parts, account }
}

test('the dearest comes first, and requests for nobody are none’s', async () => {
  const { parts } = await twoCustomers()
  expect(await listCustomers(parts, operator, {})).toMatchObject([
    { customer: 'Zoë', cost_usd: '0.000000000003', upstream_cost_usd: '0' },
    { customer: 'Ada', cost_usd: '0.000000000001' },
  ])
  expect(await listCustomers(parts, operator, { limit: 1 })).toHaveLength(1)
  expect(await listCustomers(parts, operator, { since: '2026-01-01T00:00:00Z' })).toHaveLength(3)
})

test('each is shown with the limits in force for it', async () => {
  const { parts, account } = await twoCustomers()
  const actor = holder(account, 'owner')
  await setLimit(parts, actor, { subject: { customer: 'Zoë' }, usd: '5', window: 'month' })
  const each = await setLimit(parts, actor, { subject: { each: 'customer' }, usd: '2', window: 'day' })
  const [zoe, ada] = await listCustomers(parts, actor, {})
  expect(zoe?.limits).toMatchObject([
    { kind: 'usd', limit: '5', window: 'month', each: false, left_usd: expect.any(String) },
    { limit: '2', each: true, left_usd: null },
  ])
  expect(ada?.limits).toMatchObject([{ limit: '2', each: true }])
  await removeLimit(parts, actor, { id: each.id })
  expect((await listCustomers(parts, actor, {}))[1]?.limits).toEqual([])
})
