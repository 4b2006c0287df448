import { NOON, fullAccount, holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { parseUsd } from '@speka/core'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { changePlan } from './change-account.ts'
import { createAccount } from './create-account.ts'
import { createKey } from './create-key.ts'
import { grantCredit } from './grant-credit.ts'
import { listGrants } from './list-grants.ts'
import type { OperationParts } from './operation.ts'
import { revokeGrant } from './revoke-grant.ts'

let parts: OperationParts
let time: { now: number }
let account: string
beforeEach(async () => {
  ;({ parts, time } = operationParts())
  account = (await createAccount(parts, operator, { name: 'Acme' })).id
})

/** A moment behind the one before: lists go by age. */
async function grant(more: object = {}) {
  const made = await grantCredit(parts, operator, { account, usd: '10', ...more })
  time.now += 1
  return made
}

test('credit is there from now on until it is spent, unless it is said otherwise', async () => {
  const made = await grant({ usd: '10.50' })
  expect(made).toMatchObject({
    account,
    usd: '10.5',
    priority: 100,
    from: '2026-11-22T12:00:00.000Z',
    expires_at: null,
  })
  expect(made).toMatchObject({ note: null, status: 'active', revoked_at: null, revision: 1 })
  const said = {
    priority: 3,
    from: '2026-12-01T00:00:00.000Z',
    expires_at: '2027-01-01T00:00:00.000Z',
    note: 'Welcome',
  }
  expect(await grant(said)).toMatchObject({ ...said, status: 'ahead' })
  expect(await grant({ from: '2026-11-01T00:00:00Z' })).toMatchObject({ status: 'active' })
})

test('what has become of it is told with the list', async () => {
  await grant({ from: '2026-11-23T00:00:00Z', expires_at: '2026-11-24T00:00:00Z' })
  const { id } = await grant()
  const states = async () => (await listGrants(parts, operator, { account })).map(({ status }) => status)
  expect(await states()).toEqual(['ahead', 'active'])
  time.now = Date.UTC(2026, 10, 23)
  expect(await states()).toEqual(['active', 'active'])
  const revoked = await revokeGrant(parts, operator, { id })
  expect(revoked).toMatchObject({ status: 'revoked', revoked_at: '2026-11-23T00:00:00.000Z', revision: 2 })
  time.now = Date.UTC(2026, 10, 24)
  expect(await revokeGrant(parts, operator, { id })).toEqual(revoked)
  expect(await states()).toEqual(['expired', 'revoked'])
})

test('what is left of it is told, as invoices would have it', async () => {
  const use = (charge: string, changes: object = {}) =>
    parts.store.ledger.settle(
      usageRecord({ account, keyId: 'key', createdAt: time.now - 1, charge: parseUsd(charge), ...changes }),
    )
  await grant({ from: '2026-11-01T00:00:00Z', priority: 2 })
  await grant({ from: '2026-11-01T00:00:00Z', priority: 1, usd: '3' })
  const left = async () => (await listGrants(parts, operator, { account })).map(({ left_usd }) => left_usd)
  expect(await left()).toEqual(['10', '3'])
  await use('4')
  expect(await left()).toEqual(['9', '0'])
  const test = await createKey(parts, operator, { account, name: 'test', mode: 'test' })
  await use('5', { keyId: test.id })
  expect(await left()).toEqual(['9', '0'])
  await changePlan(parts, operator, { id: account, plan: 'free' })
  expect(await left()).toEqual(['10', '0'])
  time.now = Date.UTC(2027, 0, 5)
  await use('2.5')
  const [first] = await listGrants(parts, operator, { account })
  expect(first).toMatchObject({ left_usd: '8.5' })
  expect(await revokeGrant(parts, operator, { id: first?.id })).toMatchObject({ left_usd: '0' })
})

test.each([
  { usd: '0', param: 'usd' },
  { usd: '-1', param: 'usd' },
  { usd: '9000001', param: 'usd' },
  { usd: 5, param: 'usd' },
  { priority: -1, param: 'priority' },
  { priority: 1001, param: 'priority' },
  { from: '2026-10-31T23:59:59Z', param: 'from' },
  { from: 'today', param: 'from' },
  { expires_at: new Date(NOON).toISOString(), param: 'expires_at' },
  { from: '2026-12-02T00:00:00Z', expires_at: '2026-12-02T00:00:00Z', param: 'expires_at' },
  { note: 'a\nb', param: 'note' },
])('$param is refused in $usd $priority $from $expires_at $note', async ({ param, ...wrong }) => {
  await expect(grant(wrong)).rejects.toMatchObject({ code: 'invalid_value', param })
  expect(await listGrants(parts, operator, {})).toEqual([])
})

test('an account sees its own credit, and gives itself none', async () => {
  const other = await fullAccount(parts, 'other')
  await grant()
  const own = holder(account, 'billing')
  expect(await listGrants(parts, own, {})).toMatchObject([{ account, usd: '10' }])
  await expect(listGrants(parts, own, { account: other.account })).rejects.toMatchObject({ code: 'not_found' })
  await expect(grantCredit(parts, holder(account, 'owner'), { account, usd: '1' })).rejects.toMatchObject({
    code: 'permission_denied',
  })
})
