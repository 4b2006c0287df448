import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import type { Billing } from '../config/billing-schema.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { AccountRecord } from '../store/records.ts'
import { invoiceBodyOf } from './__fixtures__/invoices.ts'
import { provider } from './__fixtures__/provider.ts'
import type { BillingProvider } from './billing-provider.ts'
import { openPayments, PAYMENTS_LOOK_MS } from './open-payments.ts'

const START = Date.UTC(2026, 11, 3)
const stripe = {
  secretKey: ['sk', 'test', 'ofTheTests'].join('_'),
  webhookSecrets: ['whsec_of_the_tests'],
  returnUrl: 'https://app.example/billing',
  daysUntilDue: 14,
  firstMonth: undefined,
  planWithoutSubscription: 'free',
  baseUrl: undefined,
}
const billing: Billing = { seller: { name: 'Acme' }, taxes: [], graceDays: 7, stripe }

/** Two processes of a gateway, and what was asked of whoever takes payments. */
async function twoProcesses(account: Partial<AccountRecord> = {}) {
  const clock = createFakeClock(START)
  const store = openMemoryStore()
  const collected: string[] = []
  const troubles: string[] = []
  const asked: BillingProvider = {
    ...provider,
    collect(invoice, known, keep) {
      collected.push(invoice.number)
      return provider.collect(invoice, known, keep)
    },
  }
  const record: AccountRecord = {
    id: 'acc_1',
    account: 'acc_1',
    createdAt: 1,
    name: 'Buyer',
    plan: 'starter',
    status: 'active',
    email: 'buyer@example.com',
    ...account,
  }
  await store.registry.change([{ kind: 'account', after: record }], { at: START, actor: 'operator:cli', action: 'x' })
  const issue = async () => {
    const body = JSON.stringify(invoiceBodyOf('acc_1'))
    await store.invoices.issue([{ account: 'acc_1', month: '2026-11', issuedAt: START, body }])
  }
  const process = () =>
    openPayments({
      store,
      clock,
      tell: async () => {},
      putOnPlan: async () => {},
      onTrouble: (trouble) => troubles.push(trouble),
      open: async () => asked,
    })
  const [one, other] = [process(), process()]
  await one.configure(billing)
  await other.configure(billing)
  const statusOf = async () => (await store.registry.get('account', 'acc_1'))?.record.status
  return { clock, store, one, other, collected, troubles, issue, statusOf }
}

/** Lets minutes pass, and all of a round come about in each: more than the clock waits for by itself. */
async function minutes(clock: FakeClock, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    await clock.advance(PAYMENTS_LOOK_MS)
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0)
  }
}

test('an invoice is handed over within a minute, by one of several processes', async () => {
  const { clock, one, other, collected, issue } = await twoProcesses()
  await issue()
  await minutes(clock, 1)
  expect(collected).toEqual(['2026-000001'])
  await minutes(clock, 1)
  expect(collected).toEqual(['2026-000001'])
  await Promise.all([one.close(), other.close()])
  expect(clock.pending()).toBe(0)
})

test('who has not paid is suspended within a minute of the end of grace', async () => {
  const unpaid = { since: START - 7 * 86_400_000 + 90_000, invoice: '2026-000001', hasSuspended: false }
  const { clock, statusOf, one, other } = await twoProcesses({ unpaid })
  await minutes(clock, 1)
  expect(await statusOf()).toBe('active')
  await minutes(clock, 1)
  expect(await statusOf()).toBe('suspended')
  await Promise.all([one.close(), other.close()])
})

test('a round whose process was killed is another one’s ten minutes later', async () => {
  const { clock, store, one, other, collected, issue } = await twoProcesses()
  await store.replies.claim('a round of payments', { fingerprint: '', now: clock.now(), until: clock.now() + 600_000 })
  await issue()
  await minutes(clock, 9)
  expect(collected).toEqual([])
  await minutes(clock, 2)
  expect(collected).toEqual(['2026-000001'])
  await Promise.all([one.close(), other.close()])
})

test('an invoice that cannot be sent to anybody is told of once', async () => {
  const { clock, one, other, troubles, issue } = await twoProcesses({ email: undefined })
  await other.close()
  await issue()
  await minutes(clock, 3)
  expect(troubles).toEqual([
    'an invoice is not handed over, since its account has neither an e-mail nor a payment method',
  ])
  await one.close()
})

test('where nobody takes payments any more, nothing is handed over, and no message is taken', async () => {
  const { clock, one, other, collected, issue } = await twoProcesses()
  for (const process of [one, other]) await process.configure(undefined)
  await issue()
  await minutes(clock, 2)
  expect([collected, one.isOpen, clock.pending()]).toEqual([[], false, 0])
  const message = { body: Buffer.from('{}'), signature: 'x', receivedAt: START }
  await expect(one.take(message)).rejects.toMatchObject({ code: 'unknown_url' })
})
