import { formatUsd, picoUsd } from '@speka/core'
import type { PaymentRecord } from '../store/records.ts'
import type { PaymentEvent } from './billing-provider.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import type { PaymentParts } from './payment-parts.ts'
import { paymentId } from './settle-payment.ts'

const CENT = 10_000_000_000n

type Refund = Extract<PaymentEvent, { kind: 'refund' }>

/**
 * Notes what was given back of what has paid an invoice: all of it so far, so that to be told again changes nothing. It is a fact
 * and no credit: the money is with the customer already, and he owes nothing because of it.
 *
 * @returns whether it changed anything
 */
export function settleRefund({ registry, now }: PaymentParts, refund: Refund): Promise<boolean> {
  return untilUndisturbed(async () => {
    const before = await registry.get('payment', paymentId(refund.invoice))
    if (before === undefined || before.record.reference !== refund.reference) return false
    const after = withRefund(before.record, refund)
    if (after === undefined) return false
    await registry.change([{ kind: 'payment', before, after }], changedBy('payment.refunded', now()))
    return true
  })
}

/** @returns `undefined` when it is known already */
function withRefund(record: PaymentRecord, { charge, cents }: Refund): PaymentRecord | undefined {
  const { refunds = [] } = record
  const usd = formatUsd(picoUsd(BigInt(cents) * CENT))
  const known = refunds.find((one) => one.charge === charge)
  if (known?.usd === usd || (known === undefined && cents === 0)) return undefined
  return { ...record, refunds: [...refunds.filter((one) => one.charge !== charge), { charge, usd }] }
}
