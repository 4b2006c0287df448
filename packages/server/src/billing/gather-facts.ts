import { picoUsd, SpekaError, type PicoUsd } from '@speka/core'
import type { BilledMonth, BilledUsage } from '../store/billed-usage.ts'
import type { AdjustmentRecord } from '../store/records.ts'
import type { Ledger } from '../store/store.ts'
import { saysTest } from '../store/test-key-id.ts'
import type { AccountHistory } from './account-history.ts'
import type { BillingTerms, GrantLeft, InvoiceFacts, PlanPart, UsageSpan } from './invoice-facts.ts'
import { spanOfMonth } from './month.ts'
import { partsOfMonth } from './plan-parts.ts'
import type { PlanVersions } from './plan-versions.ts'
import { forceOf } from './spending.ts'
import { parseSignedUsd } from './signed-usd.ts'

/** What is in force for all accounts. */
export interface Terms {
  readonly billing: BillingTerms
  readonly plans: PlanVersions
  /** The plan that the configuration says for the account in this month, where it says one. */
  readonly configuredPlan?: string | undefined
}

/**
 * Gathers all that the invoice of an account and month depends on, as it is now.
 *
 * @param month `YYYY-MM`
 * @throws SpekaError `invalid_request` when the account was on a plan in that month of which nothing is known
 */
export async function gatherFacts(
  ledger: Ledger,
  history: AccountHistory,
  month: string,
  { billing, plans, configuredPlan }: Terms,
): Promise<InvoiceFacts> {
  const { account, months, testKeys, names } = history
  const parts = partsOfMonth(account, month, plans, configuredPlan)
  demandPlans(parts, account.id, month)
  const grants = grantsOf(history, month)
  const isUsed = months.some((one) => one.month === month)
  const of = { account: account.id, month, withoutKeys: testKeys }
  const usage = isUsed ? await ledger.billed(of) : []
  return {
    account,
    month,
    terms: billing,
    parts,
    usage,
    spans: await spansOf(ledger, history, { month, grants, usage }),
    late: lateUsage(history, month),
    adjustments: history.adjustments.filter((one) => isOfMonth(one, history, month)),
    grants,
    names,
  }
}

/** A plan that is nowhere would be no fee and no allowance, which nobody has agreed to. */
function demandPlans(parts: readonly PlanPart[], account: string, month: string): void {
  const gone = parts.find(({ name, plan }) => name !== 'none' && plan === undefined)
  if (gone === undefined) return
  throw new SpekaError(
    'invalid_request',
    `The account ${account} was on the plan ${gone.name} in ${month}, which the configuration no longer has. Put it back under plans.`,
  )
}

/** Of each earlier month with an invoice: what its usage comes to now, less all that was charged of it. */
function lateUsage({ months, before }: AccountHistory, month: string): BilledMonth[] {
  const now = new Map(months.map((one) => [one.month, one]))
  return [...before.months.values()]
    .filter((billed) => billed.month < month)
    .map((billed) => {
      const { requests = 0, charge = 0n } = now.get(billed.month) ?? {}
      return { ...billed, requests: requests - billed.requests, charge: picoUsd(charge - billed.charge) }
    })
    .filter(({ charge }) => charge !== 0n)
    .toSorted((one, other) => (one.month < other.month ? -1 : 1))
}

/** Those of the month, and those that were made for an earlier one while its invoice was being issued without them. */
function isOfMonth(adjustment: AdjustmentRecord, { before }: AccountHistory, month: string): boolean {
  if (before.adjustments.has(adjustment.id)) return false
  return adjustment.month === month || (adjustment.month < month && before.months.has(adjustment.month))
}

/** The grants that something can be spent of in a month, and what is left of each. */
function grantsOf({ grants, before }: AccountHistory, month: string): GrantLeft[] {
  const span = spanOfMonth(month)
  return grants
    .map((grant) => ({
      grant,
      left: picoUsd(parseSignedUsd(grant.usd) - (before.ofGrants.get(grant.id) ?? 0n)),
    }))
    .filter(({ grant, left }) => {
      const { from, until } = forceOf(grant)
      return left > 0n && from < span.until && until > span.from && from < until
    })
}

/** What was spent between two moments at which credit begins or ends. */
async function spansOf(
  ledger: Ledger,
  { account, testKeys }: AccountHistory,
  { month, grants, usage }: { month: string; grants: readonly GrantLeft[]; usage: readonly BilledUsage[] },
): Promise<UsageSpan[]> {
  const { from, until } = spanOfMonth(month)
  const turns = grants.flatMap(({ grant }) => Object.values(forceOf(grant)))
  const cuts = [...new Set(turns)].filter((turn) => turn > from && turn < until).toSorted((one, other) => one - other)
  const edges = [from, ...cuts, until]
  const spans = edges.slice(1).map((end, index) => ({ from: edges[index] ?? from, until: end }))
  const tests = new Set(testKeys)

  async function chargeIn(since: number, end: number): Promise<PicoUsd> {
    const totals = await ledger.totals({ by: 'key', account: account.id, since, until: end })
    const live = totals.filter(({ group }) => group === undefined || !(tests.has(group) || saysTest(group)))
    return picoUsd(live.reduce<bigint>((sum, { charge }) => sum + charge, 0n))
  }

  const all = usage.reduce<bigint>((sum, { charge }) => sum + charge, 0n)
  const charges: bigint[] = []
  for (const span of spans.slice(0, -1)) charges.push(all === 0n ? 0n : await chargeIn(span.from, span.until))
  // So that the spans are the whole, though more may have been used while they were added up.
  const last = all - charges.reduce((sum, charge) => sum + charge, 0n)
  return spans.map((span, index) => ({ ...span, charge: picoUsd(charges[index] ?? last) }))
}
