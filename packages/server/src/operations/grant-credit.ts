import { SpekaError, formatUsd, parseUsd } from '@speka/core'
import { z } from 'zod'
import { monthOf, spanOfMonth } from '../billing/month.ts'
import { mintId } from '../keys/key-format.ts'
import { usdAmount } from '../limits/limit-fields.ts'
import type { GrantRecord } from '../store/records.ts'
import { add } from './change.ts'
import { refusePast } from './create-key.ts'
import { id, moment, name, whole } from './fields.ts'
import { grantView, viewGrant } from './grant-view.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'

const USUAL_PRIORITY = 100

/**
 * Gives an account prepaid credit, which usage beyond the allowance of its plan is paid by. In force everywhere within a second.
 *
 * @throws SpekaError `not_found`; `invalid_value` for one that begins before this month, or ends before it begins
 */
export const grantCredit = operation({
  right: 'invoices.write',
  input: z.strictObject({
    account: id,
    /** A decimal string above zero. */
    usd: usdAmount,
    /** Of several, the one with the lowest number is spent first, from 0 to 1000. Default: 100. */
    priority: whole(0, 1000).default(USUAL_PRIORITY),
    /** From when it can be spent. Default: now. */
    from: moment.optional(),
    /** Until before when it can be spent. Default: until it is. */
    expires_at: moment.optional(),
    note: name.optional(),
  }),
  output: grantView,
  async run(parts, { account, usd, priority, from, expires_at: expiresAt, note }, actor) {
    const { record } = await findOwn(parts, actor, 'account', account)
    const now = parts.now()
    const begins = from ?? now
    refuseZero(usd)
    refuseEarlier(begins, now)
    refusePast('expires_at', expiresAt, now)
    if (expiresAt !== undefined && expiresAt <= begins)
      throw new SpekaError('invalid_value', 'expires_at must be later than from.', { param: 'expires_at' })
    const grant: GrantRecord = {
      id: mintId('grant'),
      account: record.id,
      createdAt: now,
      usd: formatUsd(parseUsd(usd)),
      priority,
      from: begins,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(note !== undefined && { note }),
    }
    return viewGrant(parts, await add(parts, actor, 'grant.create', 'grant', grant))
  },
})

function refuseZero(usd: string): void {
  if (parseUsd(usd) === 0n) throw new SpekaError('invalid_value', 'usd must be above zero.', { param: 'usd' })
}

/** What was used in an earlier month may stand on an invoice already. */
function refuseEarlier(from: number, now: number): void {
  const { from: month } = spanOfMonth(monthOf(now))
  if (from >= month) return
  throw new SpekaError('invalid_value', `from must not be before this month began, ${new Date(month).toISOString()}.`, {
    param: 'from',
  })
}
