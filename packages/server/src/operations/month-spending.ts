import { formatUsd, picoUsd, type PicoUsd } from '@speka/core'
import { z } from 'zod'
import { termsFor } from '../billing/billing-in-force.ts'
import { allowanceOf } from '../billing/fee-lines.ts'
import { monthOf, previousMonth, spanOfMonth } from '../billing/month.ts'
import { partsOfMonth } from '../billing/plan-parts.ts'
import { inForceOf } from './billing-month.ts'
import type { OperationParts } from './operation.ts'

/** What the month under way comes to, in US dollars and exact. Months are those of UTC. */
export const spendingView = z.object({
  month: z.string(),
  spent_usd: z.string(),
  /** What the plan pays for; `null`: of all accounts, or the plan has none. */
  allowance_usd: z.string().nullable(),
  /** What it comes to at its end if the rest of it goes on as it has so far: in proportion to the time that is over. */
  forecast_usd: z.string(),
  /** How much of the month is over, from 0 to 1. */
  elapsed: z.number(),
  last_month_usd: z.string(),
})

type Shown = Pick<OperationParts, 'store' | 'now' | 'plans'>

/** @param account `undefined`: all */
export async function spendingOfMonth(
  parts: Shown,
  account: string | undefined,
): Promise<z.output<typeof spendingView>> {
  const now = parts.now()
  const month = monthOf(now)
  const { from, until } = spanOfMonth(month)
  const last = previousMonth(month)
  const days = await parts.store.ledger.totals({ by: 'day', account, since: spanOfMonth(last).from, until })
  const spentIn = (one: string) =>
    picoUsd(days.reduce((sum, { group, charge }) => sum + (group?.startsWith(one) === true ? charge : 0n), 0n))
  const spent = spentIn(month)
  const [over, length] = [BigInt(Math.max(now - from, 1)), BigInt(until - from)]
  const allowance = account === undefined ? undefined : await allowanceNow(parts, account, month)
  return {
    month,
    spent_usd: formatUsd(spent),
    allowance_usd: allowance === undefined || allowance === 0n ? null : formatUsd(allowance),
    forecast_usd: formatUsd(picoUsd((spent * length) / over)),
    elapsed: (now - from) / (until - from),
    last_month_usd: formatUsd(spentIn(last)),
  }
}

async function allowanceNow(parts: Shown, id: string, month: string): Promise<PicoUsd | undefined> {
  const account = (await parts.store.registry.get('account', id))?.record
  if (account === undefined) return undefined
  const { plans, configuredPlan } = termsFor(await inForceOf(parts), account, month, parts.now())
  return allowanceOf(partsOfMonth(account, month, plans, configuredPlan), month)
}
