import { plans } from '@speka/core/internal'
import { holder, operationParts, operator, shipped } from './__fixtures__/two-accounts.ts'
import { createAccount } from './create-account.ts'
import { hasFeature } from './features.ts'
import { listAudit } from './list-audit.ts'
import type { AccountRecord } from '../store/records.ts'

const on = (plan: string): AccountRecord => ({
  id: 'acc',
  account: 'acc',
  name: 'a',
  plan,
  status: 'active',
  createdAt: 1,
})

test.each([
  { plan: 'none', audit: true, sso: true },
  { plan: 'free', audit: false, sso: false },
  { plan: 'starter', audit: false, sso: false },
  { plan: 'pro', audit: true, sso: false },
  { plan: 'scale', audit: true, sso: true },
  { plan: 'gone', audit: false, sso: false },
])('$plan has the audit: $audit, single sign-on: $sso', ({ plan, audit, sso }) => {
  expect(hasFeature(on(plan), 'audit', shipped.plans, 5)).toBe(audit)
  expect(hasFeature(on(plan), 'sso', shipped.plans, 5)).toBe(sso)
})

test('a feature goes by the plan in force', () => {
  const account = {
    ...on('pro'),
    plans: [
      { plan: 'pro', from: 1 },
      { plan: 'free', from: 10 },
    ],
  }
  expect(hasFeature(account, 'audit', shipped.plans, 9)).toBe(true)
  expect(hasFeature(account, 'audit', shipped.plans, 10)).toBe(false)
})

test('an account reads its audit if its plan has that, and is told which plans do; the operator always may', async () => {
  const { parts } = operationParts()
  const { id } = await createAccount(parts, operator, { name: 'a', plan: 'starter' })
  const owner = holder(id, 'owner')
  await expect(listAudit(parts, owner, {})).rejects.toMatchObject({
    code: 'permission_denied',
    message: 'The plan starter has no audit. These plans have it: pro, scale.',
  })
  expect(await listAudit(parts, operator, { account: id })).toHaveLength(1)
  const without = { ...shipped, plans: new Map(plans.map((plan) => [plan.id, { ...plan, features: [] }])) }
  await expect(listAudit({ ...parts, plans: async () => without }, owner, {})).rejects.toMatchObject({
    message: 'The plan starter has no audit. No plan has it.',
  })
  const { id: scale } = await createAccount(parts, operator, { name: 'b', plan: 'scale' })
  expect(await listAudit(parts, holder(scale, 'owner'), {})).toHaveLength(1)
})
