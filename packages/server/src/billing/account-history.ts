import type { BilledMonth } from '../store/billed-usage.ts'
import type { AccountRecord, AdjustmentRecord, GrantRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { billedBefore, type BilledBefore, type BilledInvoice } from './billed-before.ts'

/** What the invoices of one account depend on, whatever the month. */
export interface AccountHistory {
  readonly account: AccountRecord
  readonly issued: readonly BilledInvoice[]
  readonly before: BilledBefore
  /** What each month's usage costs as it is now. */
  readonly months: readonly BilledMonth[]
  readonly grants: readonly GrantRecord[]
  readonly adjustments: readonly AdjustmentRecord[]
  /** Test keys: no invoice has anything of them. */
  readonly testKeys: readonly string[]
  /** Names of keys and teams by their ids. */
  readonly names: ReadonlyMap<string, string>
}

/** @param configured names of keys that stand in the configuration, by their ids, and which of them are test keys */
export async function readHistory(
  { registry, ledger, invoices }: Store,
  account: AccountRecord,
  configured: ConfiguredKeys,
): Promise<AccountHistory> {
  const of = { account: account.id }
  const [keys, teams, grants, adjustments, issued] = await Promise.all([
    registry.list('key', of),
    registry.list('team', of),
    registry.list('grant', of),
    registry.list('adjustment', of),
    invoices.list(of),
  ])
  const tests = keys.filter(({ record }) => record.mode === 'test').map(({ record }) => record.id)
  const testKeys = [...configured.testKeys, ...tests]
  const named = [...keys, ...teams].map(({ record }) => [record.id, record.name] as const)
  return {
    account,
    issued,
    before: billedBefore(issued),
    months: await ledger.billedMonths(account.id, testKeys),
    grants: grants.map(({ record }) => record),
    adjustments: adjustments.map(({ record }) => record),
    testKeys,
    names: new Map([...configured.names, ...named]),
  }
}

/** The history of an account that has another invoice since. */
export function withIssued(history: AccountHistory, invoice: BilledInvoice): AccountHistory {
  const issued = [...history.issued, invoice]
  return { ...history, issued, before: billedBefore(issued) }
}

/** What is known of keys that stand in no store. */
export interface ConfiguredKeys {
  readonly names: ReadonlyMap<string, string>
  readonly testKeys: readonly string[]
}
