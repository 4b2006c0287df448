import { formatUsd, parseUsd } from '@speka/core'
import { z } from 'zod'
import { adjustmentMonth } from '../billing/adjustment-month.ts'
import { parseSignedUsd } from '../billing/signed-usd.ts'
import { mintId } from '../keys/key-format.ts'
import { MOST_USD } from '../limits/limit-fields.ts'
import { adjustmentView, viewAdjustment } from './adjustment-view.ts'
import { month } from './billing-month.ts'
import { add } from './change.ts'
import { id, name, oneOf } from './fields.ts'
import { operation } from './operation.ts'
import { accountOf } from './own-account.ts'

const USD = `must be an amount of US dollars from -${MOST_USD} to ${MOST_USD} with at most 12 decimals, such as -5 or 0.25, and not 0`
const MOST = parseUsd(String(MOST_USD))

/** An amount below or above zero, as it is kept. */
const signedUsd = z.string({ error: USD }).transform((text, context) => {
  const amount = amountIn(text)
  if (amount !== undefined && amount !== 0n && amount <= MOST && amount >= -MOST) return formatUsd(amount)
  context.addIssue({ code: 'custom', message: USD })
  return z.NEVER
})

/** Adds to what an account pays, or takes from it: on the invoice of this month, or of the next when that was issued. */
export const addAdjustment = operation({
  right: 'invoices.write',
  input: z.strictObject({
    account: id,
    /** Below zero: in the customer's favour. */
    usd: signedUsd,
    /** What stands on the invoice. */
    reason: name,
    /** `usage`: allowance and credit pay for it first. Default: `amount`, which they do not. */
    kind: oneOf(['amount', 'usage']).default('amount'),
    /** The month it is about, when that is another. */
    about: month.optional(),
  }),
  output: adjustmentView,
  async run(parts, { account: asked, about, ...said }, actor) {
    const { record: account } = await accountOf(parts, actor, asked)
    const now = parts.now()
    const kept = await add(parts, actor, 'adjustment.add', 'adjustment', {
      id: mintId('adj'),
      account: account.id,
      createdAt: now,
      month: await adjustmentMonth(parts.store.invoices, account.id, now),
      ...said,
      ...(about !== undefined && { about }),
    })
    return viewAdjustment(kept.record)
  },
})

function amountIn(text: string): ReturnType<typeof parseSignedUsd> | undefined {
  try {
    return parseSignedUsd(text)
  } catch {
    return undefined
  }
}
