import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import { z } from 'zod'
import { parseSignedUsd } from '../billing/signed-usd.ts'
import type { PaymentRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { id, page } from './fields.ts'
import { shownMoment, textOf } from './moments.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'

/** What became of an invoice, as it is shown. */
export const paymentView = z.object({
  id: z.string(),
  account: z.string(),
  /** The number of the invoice. */
  invoice: z.string(),
  total_usd: z.string(),
  /** `pending`: not wholly handed over yet. `open`: handed over, and not paid yet. `refunded`: paid, and all of it given back. */
  state: z.enum(['pending', 'open', 'paid', 'refunded', 'failed', 'disputed', 'void']),
  /** What of it was given back by the provider. */
  refunded_usd: z.string(),
  provider: z.string(),
  /** The provider's id of it; `null`: it has none, as where nothing was owed. */
  reference: z.string().nullable(),
  /** Since when it has been failing, or disputed. */
  failed_since: shownMoment,
  created_at: shownMoment,
  /** By the provider's clock. */
  changed_at: shownMoment,
})

export type PaymentView = z.output<typeof paymentView>

/** What became of invoices that were handed over, in the order in which they were. */
export const listPayments = operation({
  right: 'invoices.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(paymentView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'payment', after)
    return (await parts.store.registry.list('payment', { account, after, limit })).map(viewPayment)
  },
})

const refundedOf = ({ refunds = [] }: PaymentRecord): PicoUsd =>
  picoUsd(refunds.reduce((sum, { usd }) => sum + parseUsd(usd), 0n))

/** Whether all that was paid was given back. */
const isWhole = (record: PaymentRecord): boolean =>
  refundedOf(record) > 0n && refundedOf(record) >= parseSignedUsd(record.usd)

const viewPayment = ({ record }: Kept<'payment'>): PaymentView => ({
  id: record.id,
  account: record.account,
  invoice: record.invoice,
  total_usd: record.usd,
  state: record.state === 'paid' && isWhole(record) ? 'refunded' : record.state,
  refunded_usd: formatUsd(refundedOf(record)),
  provider: record.provider,
  reference: record.reference ?? null,
  failed_since: textOf(record.failedSince),
  created_at: textOf(record.createdAt),
  changed_at: textOf(record.changedAt),
})
