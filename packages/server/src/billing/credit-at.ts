import { parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import type { Invoices } from '../store/invoices.ts'
import type { GrantRecord } from '../store/records.ts'
import type { Ledger } from '../store/store.ts'
import { billedBefore } from './billed-before.ts'
import type { GrantLeft, UsageSpan } from './invoice-facts.ts'
import { monthOf, spanOfMonth } from './month.ts'
import { forceOf, spend } from './spending.ts'

/** What credit depends on. */
export interface CreditSources {
  readonly ledger: Pick<Ledger, 'totals'>
  readonly invoices: Pick<Invoices, 'list'>
}

export interface CreditQuestion {
  readonly account: string
  /** All that the account was ever given. */
  readonly grants: readonly GrantRecord[]
  /** What the plans of a month (`YYYY-MM`) pay for. */
  readonly allowanceOf: (month: string) => PicoUsd
  /**
   * By how much corrections of usage change what a month has used, from its beginning; `isNext`: its invoice is the next to be issued,
   * which has late usage as well. Default: by nothing.
   */
  readonly correctionsOf?: ((month: string, isNext: boolean) => PicoUsd) | undefined
  /** In ms since the epoch. */
  readonly at: number
  /** Keys whose usage is not counted. Default: none. */
  readonly withoutKeys?: ReadonlySet<string> | undefined
}

/** How an account stands in the month of a moment, at that moment. */
export interface CreditStanding {
  /** What it has used of the month. */
  readonly used: PicoUsd
  /** What is left of its allowance. */
  readonly allowanceLeft: PicoUsd
  /** What is left of each grant, whether or not it can be spent then. */
  readonly left: readonly GrantLeft[]
}

/**
 * Reckons what is left of an account's credit at a moment. What invoices say is spent is so; months without an invoice, which have not
 * been closed yet or had none to issue, are paid for in their order as invoices would.
 */
export async function creditAt(sources: CreditSources, question: CreditQuestion): Promise<CreditStanding> {
  const { account, grants, allowanceOf, correctionsOf = () => picoUsd(0n), at } = question
  const issued = await sources.invoices.list({ account })
  const spent = billedBefore(issued).ofGrants
  const left = new Map(grants.map(({ id, usd }) => [id, parseUsd(usd) - (spent.get(id) ?? 0n)]))
  const closed = new Set(issued.map(({ month }) => month))
  const current = monthOf(at)
  let isNext = true

  async function payFor(month: string, until: number): Promise<Pick<CreditStanding, 'used' | 'allowanceLeft'>> {
    const has = grants.map((grant) => ({ grant, left: picoUsd(left.get(grant.id) ?? 0n) }))
    const spans = await spansOf(sources, question, month, until)
    const allowance = allowanceOf(month)
    const { ofAllowance, ofGrants } = spend({ allowance, grants: has, spans, atStart: correctionsOf(month, isNext) })
    isNext = false
    for (const { grant, left: now } of ofGrants) left.set(grant.id, now)
    const used = spans.reduce((sum, { charge }) => sum + charge, 0n)
    return { used: picoUsd(used), allowanceLeft: picoUsd(allowance - ofAllowance) }
  }

  for (const month of await usedMonths(sources, question)) {
    if (month < current && !closed.has(month)) await payFor(month, spanOfMonth(month).until)
  }
  const now = await payFor(current, at)
  return { ...now, left: grants.map((grant) => ({ grant, left: picoUsd(left.get(grant.id) ?? 0n) })) }
}

/** What an account may use up to in a month that stops at its allowance: what it has used, and all that it has left to pay with. */
export function capOf({ used, allowanceLeft, left }: CreditStanding, at: number): PicoUsd {
  let cap = used + allowanceLeft
  for (const one of left) {
    const { from, until } = forceOf(one.grant)
    if (from <= at && at < until && one.left > 0n) cap += one.left
  }
  return picoUsd(cap)
}

/** The months before this one in which something was used since there is credit, in their order. */
async function usedMonths({ ledger }: CreditSources, { account, grants, at }: CreditQuestion): Promise<string[]> {
  const first = grants.reduce((least, { from }) => Math.min(least, from), at)
  const since = spanOfMonth(monthOf(first)).from
  const until = spanOfMonth(monthOf(at)).from
  if (since >= until) return []
  const days = await ledger.totals({ by: 'day', account, since, until })
  return [...new Set(days.flatMap(({ group, charge }) => (charge > 0n ? (group?.slice(0, 7) ?? []) : [])))].toSorted()
}

/** What was used of a month until a moment, cut where credit begins or ends. */
async function spansOf(
  { ledger }: CreditSources,
  { account, grants, withoutKeys = new Set() }: CreditQuestion,
  month: string,
  until: number,
): Promise<UsageSpan[]> {
  const { from } = spanOfMonth(month)
  const turns = grants.flatMap((grant) => Object.values(forceOf(grant)))
  const cuts = [...new Set(turns)].filter((turn) => turn > from && turn < until).toSorted((one, other) => one - other)
  const edges = [from, ...cuts, until]
  const spans: UsageSpan[] = []
  for (const [index, end] of edges.slice(1).entries()) {
    const begins = edges[index] ?? from
    const totals = await ledger.totals({ by: 'key', account, since: begins, until: end })
    const counted = totals.filter(({ group }) => group === undefined || !withoutKeys.has(group))
    const charge = counted.reduce<bigint>((sum, one) => sum + one.charge, 0n)
    spans.push({ from: begins, until: end, charge: picoUsd(charge) })
  }
  return spans
}
