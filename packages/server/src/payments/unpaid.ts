import type { AccountRecord, PaymentRecord } from '../store/records.ts'

const DAY_MS = 86_400_000

/** Of the payments of an account the one that has been failing for longest; `undefined`: all is well. */
const longestUnpaid = (payments: readonly PaymentRecord[]): PaymentRecord | undefined =>
  payments
    .filter(({ failedSince }) => failedSince !== undefined)
    .reduce<PaymentRecord | undefined>(
      (oldest, one) => (oldest === undefined || since(one) < since(oldest) ? one : oldest),
      undefined,
    )

const since = ({ failedSince = 0 }: PaymentRecord): number => failedSince

/**
 * An account as its payments would have it: what it owes for longest stands in it, and a suspension that came of owing ends
 * with it. One that an operator has said is his to end.
 */
export function withUnpaid(account: AccountRecord, payments: readonly PaymentRecord[]): AccountRecord {
  const failing = longestUnpaid(payments)
  const { unpaid, ...rest } = account
  if (failing !== undefined) {
    const { hasSuspended = false } = unpaid ?? {}
    return { ...rest, unpaid: { since: since(failing), invoice: failing.invoice, hasSuspended } }
  }
  return unpaid?.hasSuspended === true ? { ...rest, status: 'active' } : rest
}

/** When an account is suspended unless it has paid by then; `undefined`: it owes nothing, or its suspension has been. */
export const suspensionOf = ({ unpaid }: AccountRecord, graceDays: number): number | undefined =>
  unpaid === undefined || unpaid.hasSuspended ? undefined : unpaid.since + graceDays * DAY_MS
