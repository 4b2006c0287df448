import type { NewAlert } from '../store/alerts.ts'
import { holder, NOON, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { createAccount } from './create-account.ts'
import { listAlerts } from './list-alerts.ts'

const alertOf = (id: string, over: Partial<NewAlert> = {}): NewAlert => ({
  id,
  kind: 'spend.velocity_exceeded',
  at: NOON,
  account: undefined,
  body: JSON.stringify({ id, type: 'spend.velocity_exceeded', timestamp: 'then', data: { of: id } }),
  endpoints: [{ id: 'hook', host: 'hooks.example.com' }],
  ...over,
})

/** An account's alert, another's, and one of the gateway. */
async function someAlerts() {
  const { parts } = operationParts()
  const [own, other] = await Promise.all(
    ['own', 'other'].map(async (name) => (await createAccount(parts, operator, { name })).id),
  )
  if (own === undefined || other === undefined) throw new Error('no account')
  await parts.store.alerts.raise(alertOf('alert_own', { account: own }))
  await parts.store.alerts.raise(alertOf('alert_other', { account: other, at: NOON + 1000 }))
  await parts.store.alerts.raise(alertOf('alert_gateway', { kind: 'target.down', at: NOON + 2000 }))
  return { parts, own, other }
}

const ids = (alerts: readonly { readonly id: string }[]): string[] => alerts.map(({ id }) => id)

test('an operator sees all of them, the newest first, with what became of them', async () => {
  const { parts, own } = await someAlerts()
  const alerts = await listAlerts(parts, operator, {})
  expect(ids(alerts)).toEqual(['alert_gateway', 'alert_other', 'alert_own'])
  expect(alerts[2]).toEqual({
    n: 1,
    id: 'alert_own',
    type: 'spend.velocity_exceeded',
    at: '2026-11-22T12:00:00.000Z',
    account: own,
    data: { of: 'alert_own' },
    deliveries: [{ host: 'hooks.example.com', state: 'waiting', attempts: 0, trouble: null, ended_at: null }],
  })
  expect(listAlerts.output?.safeParse(alerts).success).toBe(true)
})

test('lists by time, by account, and page by page', async () => {
  const { parts, own } = await someAlerts()
  expect(ids(await listAlerts(parts, operator, { account: own }))).toEqual(['alert_own'])
  expect(ids(await listAlerts(parts, operator, { since: '2026-11-22T12:00:01Z' }))).toEqual([
    'alert_gateway',
    'alert_other',
  ])
  expect(ids(await listAlerts(parts, operator, { after: '3', limit: 1 }))).toEqual(['alert_other'])
})

test.each(['owner', 'admin', 'billing', 'member', 'viewer'] as const)(
  'a token of role %s sees those about its account, and not where they went',
  async (role) => {
    const { parts, own, other } = await someAlerts()
    const alerts = await listAlerts(parts, holder(own, role), {})
    expect(alerts).toMatchObject([{ id: 'alert_own', deliveries: [] }])
    await expect(listAlerts(parts, holder(own, role), { account: other })).rejects.toMatchObject({ code: 'not_found' })
  },
)
