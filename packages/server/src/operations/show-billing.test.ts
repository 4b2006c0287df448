import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { fullAccount, holder, NOON, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { showBilling } from './show-billing.ts'

test('an account’s billing has its plan, its month, its invoices, what became of them, and its credit', async () => {
  const { parts } = operationParts()
  const ids = await fullAccount(parts, 'mine')
  await fullAccount(parts, 'other')
  await parts.store.ledger.settle(usageRecord({ account: ids.account, createdAt: NOON, charge: 3_000_000_000_000n }))
  const seen = await showBilling(parts, holder(ids.account, 'billing'), {})
  expect(seen).toMatchObject({
    account: { id: ids.account, plan: 'none' },
    month: { spent_usd: '3' },
    invoices: [{ number: ids.invoice }],
    payments: [{ invoice: ids.invoice, state: 'open' }],
    grants: [{ id: ids.grant }],
  })
  expect(seen.plans.map(({ id }) => id)).toContain('pro')
  expect(await showBilling(parts, operator, { account: ids.account })).toEqual(seen)
})

test('of an operator who names none it is the default account’s', async () => {
  const { parts } = operationParts()
  expect((await showBilling(parts, operator, {})).account.id).toBe('default')
})
