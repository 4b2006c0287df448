import { createFakeClock, type FakeClock } from '../../../packages/core/src/sandbox/clock.fake.ts'
import { invoicesOf } from '../../../packages/server/src/payments/__fixtures__/invoices.ts'
import type { BillingProvider } from '../../../packages/server/src/payments/billing-provider.ts'
import { openStripe } from '../../../packages/server/src/payments/stripe/open-stripe.ts'
import type { EventParts } from '../../../packages/server/src/payments/take-event.ts'
import { openMemoryStore } from '../../../packages/server/src/store/memory/open-store.ts'
import type { AccountRecord, PaymentRecord } from '../../../packages/server/src/store/records.ts'
import type { Store } from '../../../packages/server/src/store/store.ts'
import { SECRET_KEY, startStripe, WEBHOOK_SECRET, type StripeServer } from './stripe-server.ts'

/** When a rig begins: some days after the month that is invoiced. */
const START = Date.UTC(2026, 11, 3)

export const settingsFor = ({ url }: Pick<StripeServer, 'url'>) => ({
  secretKey: SECRET_KEY,
  webhookSecrets: [WEBHOOK_SECRET],
  returnUrl: 'https://app.example/billing',
  daysUntilDue: 14,
  firstMonth: undefined,
  planWithoutSubscription: 'free',
  baseUrl: url,
})

/** A gateway's payments, with Stripe behind a real socket, and a clock that stands until it is moved. */
export interface PaymentsRig {
  readonly store: Store
  readonly invoices: ReturnType<typeof invoicesOf>
  readonly stripe: StripeServer
  readonly provider: BillingProvider
  readonly clock: FakeClock
  readonly parts: EventParts
  /** The plans that accounts were put on, in order. */
  readonly plans: [account: string, plan: string][]
  account(): Promise<AccountRecord>
  change(over: Partial<AccountRecord>): Promise<void>
  payment(invoice?: string): Promise<PaymentRecord | undefined>
  /** The kinds of alerts, the oldest first. */
  alerts(): Promise<string[]>
  close(): Promise<void>
}

/** The account that all of it is about. */
export const ACCOUNT = 'acc_1'

export async function paymentsRig(over: Partial<AccountRecord> = { email: 'buyer@example.com' }): Promise<PaymentsRig> {
  const clock = createFakeClock(START)
  const store = openMemoryStore()
  const stripe = await startStripe(() => clock.now())
  const provider = await openStripe(settingsFor(stripe), { retries: 0 })
  const invoices = invoicesOf()
  const by = { at: clock.now(), actor: 'operator:cli', action: 'account.create' }
  const record: AccountRecord = {
    id: ACCOUNT,
    account: ACCOUNT,
    createdAt: Date.UTC(2026, 9, 1),
    name: 'Buyer',
    plan: 'starter',
    status: 'active',
    ...over,
  }
  await store.registry.change([{ kind: 'account', after: record }], by)
  const plans: [string, string][] = []
  const parts: EventParts = {
    registry: store.registry,
    invoices,
    provider,
    now: () => clock.now(),
    graceDays: 7,
    tell: async (make) => void (await store.alerts.raise(make([]))),
    putOnPlan: async (account, plan) => void plans.push([account, plan]),
    planWithoutSubscription: 'free',
  }
  const kept = async () => {
    const found = await store.registry.get('account', ACCOUNT)
    if (found === undefined) throw new Error('there is no account')
    return found
  }
  return {
    store,
    invoices,
    stripe,
    provider,
    clock,
    parts,
    plans,
    account: async () => (await kept()).record,
    async change(changed) {
      const before = await kept()
      await store.registry.change([{ kind: 'account', before, after: { ...before.record, ...changed } }], by)
    },
    payment: async (invoice = '2026-000001') => (await store.registry.get('payment', `pay_${invoice}`))?.record,
    alerts: async () => (await store.alerts.list()).toReversed().map(({ kind }) => kind),
    close: () => stripe.close(),
  }
}
