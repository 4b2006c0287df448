import type { AccountRecord, PaymentRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { paymentFailed, paymentSettled, resumedPaid } from '../alerts/alert-events.ts'
import type { PaymentState, Standing } from './billing-provider.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import type { PaymentParts } from './payment-parts.ts'
import { suspensionOf, withUnpaid } from './unpaid.ts'

/** The id of the record of what became of an invoice. */
export const paymentId = (invoice: string): string => `pay_${invoice}`

/** Which states are trouble: the account has not paid, or wants its money back. */
const isTrouble: Readonly<Record<PaymentState, boolean>> = {
  pending: false,
  open: false,
  paid: false,
  failed: true,
  disputed: true,
  void: false,
}

/**
 * Of two things that were true in one second, the one that is true in the end. The provider's clock counts seconds, and what it
 * tells comes in any order.
 */
const rank: Readonly<Record<PaymentState, number>> = { pending: 0, open: 1, failed: 2, paid: 3, disputed: 4, void: 5 }

/**
 * Notes how an invoice stands at the provider, and what that means for its account, in one change. What is older than what was
 * heard before, or the same, changes nothing; nor does what is said of another gateway's invoice.
 *
 * @returns whether it changed anything
 */
export function settlePayment(parts: PaymentParts, invoice: string, standing: Standing): Promise<boolean> {
  return untilUndisturbed(async () => {
    const { registry } = parts
    const before = await registry.get('payment', paymentId(invoice))
    if (before === undefined || !isNews(before.record, standing)) return false
    const account = await registry.get('account', before.record.account)
    if (account === undefined) return false
    const after = withStanding(before.record, standing)
    const others = await registry.list('payment', { account: account.record.id })
    const payments = others.map(({ record }) => (record.id === after.id ? after : record))
    const accountAfter = withUnpaid(account.record, payments)
    // Told first: what is told twice is kept once, and what was never told would never be.
    await tell(parts, before.record, after, account.record, accountAfter)
    const writes = [{ kind: 'payment', before, after }] as const
    const by = changedBy(`payment.${after.state}`, parts.now())
    if (isSame(account, accountAfter)) await registry.change(writes, by)
    else await registry.change([...writes, { kind: 'account', before: account, after: accountAfter }], by)
    return true
  })
}

/** @param at by the provider's clock */
function isNews({ reference, state, changedAt = 0 }: PaymentRecord, standing: Standing): boolean {
  if (reference !== standing.reference || state === standing.state) return false
  if (state === 'pending') return true
  return standing.at > changedAt || (standing.at === changedAt && rank[standing.state] > rank[state])
}

function withStanding({ failedSince, ...before }: PaymentRecord, { reference, state, at }: Standing): PaymentRecord {
  const after = { ...before, reference, state, changedAt: at }
  return isTrouble[state] ? { ...after, failedSince: failedSince ?? at } : after
}

const isSame = ({ record }: Kept<'account'>, after: AccountRecord): boolean =>
  JSON.stringify([record.status, record.unpaid]) === JSON.stringify([after.status, after.unpaid])

/** Tells the operator what the change means to him. */
async function tell(
  { tell: tellOfPayment, now, graceDays }: PaymentParts,
  before: PaymentRecord,
  { state, invoice, usd }: PaymentRecord,
  account: AccountRecord,
  accountAfter: AccountRecord,
): Promise<void> {
  const place = { account: account.id, invoice, usd }
  if (isTrouble[state]) {
    const suspendedAt = suspensionOf(accountAfter, graceDays)
    await tellOfPayment((to) => paymentFailed({ ...place, isDisputed: state === 'disputed', suspendedAt }, now(), to))
  } else if (isTrouble[before.state]) await tellOfPayment((to) => paymentSettled(place, now(), to))
  if (account.status === 'suspended' && accountAfter.status === 'active')
    await tellOfPayment((to) => resumedPaid(account.id, now(), to))
}
