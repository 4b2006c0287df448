import { SpekaError } from '@speka/core'
import type { IssuedInvoice } from '../store/invoices.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { readHistory, withIssued, type AccountHistory } from './account-history.ts'
import { configuredKeysOf, termsFor, type BillingInForce } from './billing-in-force.ts'
import { gatherFacts } from './gather-facts.ts'
import { toIssue } from './issued-document.ts'
import { monthOf, nextMonth, spanOfMonth } from './month.ts'
import { reckonInvoice } from './reckon-invoice.ts'
import { whyOpen } from './when-final.ts'

/** How many accounts' invoices are issued in one transaction: what a kill in its midst costs to do again. */
const BATCH = 50

export interface CloseOptions {
  readonly store: Store
  readonly inForce: BillingInForce
  /** The time, in ms since the epoch. */
  readonly now: () => number
  /** The ids of owners that are not waited for. */
  readonly without?: readonly number[] | undefined
  readonly onProgress?: ((progress: CloseProgress) => void) | undefined
}

/** How many accounts of all have been looked at. */
export interface CloseProgress {
  readonly done: number
  readonly total: number
}

export interface ClosedMonth {
  /** How many accounts there were in that month. */
  readonly accounts: number
  /** Those that were issued now, in their order; of earlier months too, where an account had none of one yet. */
  readonly issued: readonly IssuedInvoice[]
}

/**
 * Issues the invoices of a month for every account, and those of earlier months that are missing: from the month of the first
 * invoice of all on, each is there before the next. Whoever was interrupted does it again: what is there stays as it is.
 *
 * @throws SpekaError `conflict` when the month cannot be closed yet, with when or whom it waits for; `invalid_value` for one before
 * there was any account
 */
export async function closeMonth(month: string, options: CloseOptions): Promise<ClosedMonth> {
  const { store, now } = options
  const why = whyOpen(month, now(), await store.ledger.owners(), options.without)
  if (why !== undefined) throw new SpekaError('conflict', why)
  const { until } = spanOfMonth(month)
  const kept = await store.registry.list('account')
  const accounts = kept.map(({ record }) => record).filter(({ createdAt }) => createdAt < until)
  if (accounts.length === 0) throw beforeAll(month, kept)
  const [first] = await store.invoices.list({ limit: 1 })
  const months = monthsFrom(first?.month, month)
  const issued: IssuedInvoice[] = []
  for (let done = 0; done < accounts.length; done += BATCH) {
    issued.push(...(await closeBatch(accounts.slice(done, done + BATCH), months, options)))
    options.onProgress?.({ done: Math.min(done + BATCH, accounts.length), total: accounts.length })
  }
  return { accounts: accounts.length, issued }
}

/** A month without anybody to bill is one that was mistyped. */
function beforeAll(month: string, kept: readonly { readonly record: AccountRecord }[]): SpekaError {
  const first = kept.reduce((least, { record }) => Math.min(least, record.createdAt), Infinity)
  const since = first === Infinity ? 'there is none yet' : `the first was made in ${monthOf(first)}`
  return new SpekaError('invalid_value', `month ${month} is before there was any account: ${since}.`, {
    param: 'month',
  })
}

async function closeBatch(
  accounts: readonly AccountRecord[],
  months: readonly string[],
  { store, inForce, now }: CloseOptions,
): Promise<IssuedInvoice[]> {
  // All at once: each waits for the store several times, and the store for none of them.
  const histories: AccountHistory[] = await Promise.all(
    accounts.map((account) => readHistory(store, account, configuredKeysOf(inForce, account))),
  )
  const all: IssuedInvoice[] = []
  for (const month of months) {
    const at = now()
    const missing = histories.filter(
      ({ account, before }) => !before.months.has(month) && account.createdAt < spanOfMonth(month).until,
    )
    const facts = await Promise.all(
      missing.map((history) =>
        gatherFacts(store.ledger, history, month, termsFor(inForce, history.account, month, at)),
      ),
    )
    const bodies = facts.map(reckonInvoice).filter((body) => body !== undefined)
    const invoices = await store.invoices.issue(bodies.map((body) => toIssue(body, at)))
    all.push(...invoices)
    for (const invoice of invoices) {
      const index = histories.findIndex(({ account }) => account.id === invoice.account)
      const history = histories[index]
      if (history !== undefined) histories[index] = withIssued(history, invoice)
    }
  }
  return all
}

/** Every month from one to another. @param first default: the other alone */
function monthsFrom(first: string | undefined, last: string): string[] {
  const months: string[] = []
  for (let month = first ?? last; month < last; month = nextMonth(month)) months.push(month)
  return [...months, last]
}
