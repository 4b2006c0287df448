import type { AccountRecord } from '../store/records.ts'
import type { PaymentEvent } from './billing-provider.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import type { PaymentParts } from './payment-parts.ts'
import { settlePayment } from './settle-payment.ts'
import { settleRefund } from './settle-refund.ts'

/** What it takes to do as events say. */
export interface EventParts extends PaymentParts {
  /** Puts an account on a plan. @throws SpekaError where that cannot be */
  readonly putOnPlan: (account: string, plan: string) => Promise<void>
  /** The plan of who has ended his subscription. */
  readonly planWithoutSubscription: string
}

type EventOf<Kind extends PaymentEvent['kind']> = Extract<PaymentEvent, { kind: Kind }>

/**
 * Does as an event of the provider says: once, however often it comes, and an old one undoes nothing.
 *
 * @returns whether it was news
 * @throws SpekaError when it cannot be done now; the provider sends it again
 */
export function takeEvent(parts: EventParts, event: PaymentEvent): Promise<boolean> {
  switch (event.kind) {
    case 'payment':
      return settlePayment(parts, event.invoice, event)
    case 'refund':
      return settleRefund(parts, event)
    case 'subscribed':
      return takeSubscription(parts, event)
    case 'unsubscribed':
      return endSubscription(parts, event)
  }
}

/**
 * A checkout is over: what was left there pays, and the account is on the plan. It is noted behind that, so that what breaks off
 * is done again. The subscription in whose place it comes ends last: as long as it is the account's, its end would mean that of
 * the plan.
 */
async function takeSubscription(parts: EventParts, event: EventOf<'subscribed'>): Promise<boolean> {
  const { registry, provider } = parts
  const { account: id, customer, checkout, subscription, at, plan } = event
  const account = (await registry.get('account', id))?.record
  if (account?.payer?.customer !== customer) return false
  const { checkout: last, subscription: before } = account.payer
  if (last?.id === checkout) return false
  if (last !== undefined && last.at > at) {
    // A newer checkout has been heard of: this one holds nothing any more.
    await provider.endSubscription(subscription)
    return false
  }
  // What has ended before it was heard of that it began holds nothing.
  if (!(await provider.usePaymentMethodOf(subscription, customer))) return false
  await parts.putOnPlan(id, plan)
  await changePayer(parts, id, (payer) => ({ ...payer, subscription, checkout: { id: checkout, at } }))
  if (before !== undefined && before !== subscription) await provider.endSubscription(before)
  return true
}

/** The customer has ended it: the account keeps what it has until the plan turns, and pays by invoice. One that was replaced says nothing. */
async function endSubscription(parts: EventParts, event: EventOf<'unsubscribed'>): Promise<boolean> {
  const account = (await parts.registry.get('account', event.account))?.record
  if (account?.payer?.subscription !== event.subscription) return false
  await parts.putOnPlan(event.account, parts.planWithoutSubscription)
  await changePayer(parts, event.account, (payer) => ({ ...payer, subscription: undefined }))
  return true
}

type Payer = NonNullable<AccountRecord['payer']>

async function changePayer(
  { registry, now }: EventParts,
  account: string,
  change: (payer: Payer) => Payer,
): Promise<void> {
  await untilUndisturbed(async () => {
    const before = await registry.get('account', account)
    if (before?.record.payer === undefined) return
    const after = { ...before.record, payer: change(before.record.payer) }
    await registry.change([{ kind: 'account', before, after }], changedBy('account.payer', now()))
  })
}
