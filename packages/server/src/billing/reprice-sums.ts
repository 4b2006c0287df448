import { matchesGlob } from '@speka/core/internal'
import type { UsageRecord } from '@speka/core'
import { DEFAULT_ACCOUNT, type Ledger } from '../store/store.ts'
import { saysTest } from '../store/test-key-id.ts'
import { monthOf } from './month.ts'
import { repriced, type Repricing } from './reprice-row.ts'

/** Rows that are read at once: few, so that others have their turn. */
const PAGE_ROWS = 500

/** What a reprice comes to for one account and month of the rows' arrival. */
export interface RepriceSum {
  readonly account: string
  /** `YYYY-MM`, in UTC. */
  readonly month: string
  /** Rows with a charge before and after; `notRepriced`: those of which one is unknown. */
  rows: number
  notRepriced: number
  /** In pico-dollars: what they cost before it, with all that earlier reprices have said, and what they should have. */
  before: bigint
  after: bigint
}

export interface RepriceSumsOptions {
  readonly ledger: Pick<Ledger, 'requests' | 'totals'>
  /** The reprices before this one, the newest first. */
  readonly earlier: readonly Repricing[]
  /** Keys whose rows are on no invoice. */
  readonly testKeys: ReadonlySet<string>
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** Goes through all rows that a reprice covers, page by page, and adds up what it says of them, sorted by account and month. */
export async function repriceSums(reprice: Repricing, options: RepriceSumsOptions): Promise<RepriceSum[]> {
  const { ledger, earlier, testKeys, onProgress } = options
  const span = { since: reprice.since, until: reprice.until }
  const models = await modelsOf(reprice, ledger)
  const total = models.reduce((sum, { requests }) => sum + requests, 0)
  const near = earlier.filter(({ since, until }) => since < reprice.until && until > reprice.since)
  const sums = new Map<string, RepriceSum>()
  let done = 0
  for (const { model } of models) {
    let cursor: string | undefined
    do {
      const page = await ledger.requests({ ...span, model, first: 'oldest' }, cursor, PAGE_ROWS)
      for (const record of page.records)
        if (record.keyId === undefined || !(testKeys.has(record.keyId) || saysTest(record.keyId)))
          add(sums, record, reprice, near)
      cursor = page.next
      done += page.records.length
      onProgress?.({ done, total })
    } while (cursor !== undefined)
  }
  return [...sums.values()].sort((a, b) => compare(a.account, b.account) || compare(a.month, b.month))
}

/** The models that answered in that time and are meant: only their rows are read. */
async function modelsOf(
  { models, since, until }: Repricing,
  ledger: Pick<Ledger, 'totals'>,
): Promise<{ model: string; requests: number }[]> {
  const totals = await ledger.totals({ by: 'model', since, until })
  return totals.flatMap(({ group: model, requests }) =>
    model !== undefined && matchesGlob(models, model) ? [{ model, requests }] : [],
  )
}

function add(
  sums: Map<string, RepriceSum>,
  record: UsageRecord,
  { price }: Repricing,
  earlier: readonly Repricing[],
): void {
  const { account = DEFAULT_ACCOUNT, createdAt } = record
  const month = monthOf(createdAt)
  const name = `${month} ${account}`
  let sum = sums.get(name)
  if (sum === undefined) sums.set(name, (sum = { account, month, rows: 0, notRepriced: 0, before: 0n, after: 0n }))
  const said = repriced(record, price, earlier)
  if (said === undefined) {
    sum.notRepriced += 1
    return
  }
  sum.rows += 1
  sum.before += said.before
  sum.after += said.after
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
