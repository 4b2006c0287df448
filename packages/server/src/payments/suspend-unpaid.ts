import { suspendedUnpaid } from '../alerts/alert-events.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import type { PaymentParts } from './payment-parts.ts'
import { paymentId } from './settle-payment.ts'
import { suspensionOf } from './unpaid.ts'

/** How many accounts are read at once. */
const AT_ONCE = 200

/**
 * Suspends every account that has had the days of grace and has not paid. One that is suspended already by an operator stays
 * so, and is his to resume.
 *
 * @returns which
 */
export async function suspendUnpaid(parts: PaymentParts): Promise<string[]> {
  const suspended: string[] = []
  let after: string | undefined
  for (;;) {
    const accounts = await parts.registry.list('account', { after, limit: AT_ONCE })
    for (const { record } of accounts) {
      if (isDue(parts, record) && (await suspend(parts, record.id))) suspended.push(record.id)
    }
    after = accounts.at(-1)?.record.id
    if (accounts.length < AT_ONCE) return suspended
  }
}

function isDue({ now, graceDays }: PaymentParts, account: AccountRecord): boolean {
  const at = suspensionOf(account, graceDays)
  return at !== undefined && at <= now() && account.status === 'active'
}

/** @returns whether it was suspended; it may have paid meanwhile. */
function suspend(parts: PaymentParts, id: string): Promise<boolean> {
  return untilUndisturbed(async () => {
    const before = await parts.registry.get('account', id)
    if (before === undefined || !isDue(parts, before.record)) return false
    await tellOf(parts, before)
    const { unpaid, ...rest } = before.record
    const after: AccountRecord = {
      ...rest,
      status: 'suspended',
      ...(unpaid !== undefined && { unpaid: { ...unpaid, hasSuspended: true } }),
    }
    await parts.registry.change([{ kind: 'account', before, after }], changedBy('account.suspend', parts.now()))
    return true
  })
}

async function tellOf({ registry, tell, now }: PaymentParts, { record }: Kept<'account'>): Promise<void> {
  const invoice = record.unpaid?.invoice ?? ''
  const payment = await registry.get('payment', paymentId(invoice))
  await tell((to) => suspendedUnpaid({ account: record.id, invoice, usd: payment?.record.usd ?? '0' }, now(), to))
}
