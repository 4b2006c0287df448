import type { BudgetWindow, SpentParts } from '../../leases/spent-parts.ts'
import { readToAdd } from '../../projections/read-to-add.ts'
import type { StoredRow, UnreadRow } from '../../usage-record-table.ts'
import { Refusal } from '../postgres-failure.ts'
import { lateRows, rowsBehind } from '../read-rows.ts'
import type { Session } from '../session.ts'
import { spentBudgets, type SpentBudget } from '../spent-budgets.ts'
import { behindPlaces } from './places.ts'
import type { Readers } from './readers.ts'
import { readWindow } from './read-windows.ts'

/** How many rows that are in no sum yet are read one by one at the most: after a question has caught up there are few. */
const MOST_BEHIND = 50_000

/** What was spent of budgets that all have a final sum of what was spent before rows named them; `undefined`: not all have. */
export async function readFinal(
  session: Pick<Session, 'run'>,
  windows: readonly BudgetWindow[],
): Promise<SpentParts[] | undefined> {
  const budgets = await budgetsOf(session, windows)
  const parts = windows.map(({ id }) => partsOf(budgets.get(id)))
  return parts.every(({ before }) => before !== undefined) ? parts : undefined
}

/**
 * Reads what was spent of budgets, all of one moment: what rows that name one charged, and all that its window has, from the sums and from
 * the rows behind them, without what came late. So what rows that do not name it charged is the difference, exactly.
 */
export async function readSpent(readers: Readers, windows: readonly BudgetWindow[]): Promise<SpentParts[]> {
  const budgets = await budgetsOf(readers.session, windows)
  const beside = { tail: await tailOf(readers.session), late: await lateOf(readers.session, windows) }
  const parts: SpentParts[] = []
  for (const window of windows) {
    const spent = partsOf(budgets.get(window.id))
    parts.push({ ...spent, window: { all: await readWindow(readers, window, beside), naming: spent.charged } })
  }
  return parts
}

const budgetsOf = (session: Pick<Session, 'run'>, windows: readonly BudgetWindow[]) =>
  spentBudgets(
    session,
    windows.map(({ id }) => id),
  )

const partsOf = ({ charged, held, before }: SpentBudget = NOTHING): SpentParts => ({
  charged,
  held,
  before,
  window: undefined,
})

const NOTHING: SpentBudget = { charged: 0n, held: 0n, before: undefined }

/** The rows that are in no sum yet. */
async function tailOf(session: Pick<Session, 'run'>): Promise<StoredRow[]> {
  const behind = await behindPlaces(session)
  const count = behind.reduce((sum, { n, lastN }) => sum + lastN - n, 0)
  if (count > MOST_BEHIND) throw new Refusal('behind', `all but ${count}`)
  const tail: StoredRow[] = []
  for (const { owner, n, lastN } of behind) {
    const rows = await rowsBehind(session, owner, n, lastN - n)
    tail.push(...rows.map(readCharge))
  }
  return tail
}

/** The rows that count in no budget: they came when their owner counted as ended, and what it held had been given back. */
async function lateOf(session: Pick<Session, 'run'>, windows: readonly BudgetWindow[]): Promise<StoredRow[]> {
  const accounts = [...new Set(windows.map(({ account }) => account))]
  const from = Math.max(Math.min(...windows.map((window) => window.from)), Number.MIN_SAFE_INTEGER)
  const until = Math.min(Math.max(...windows.map((window) => window.until)), Number.MAX_SAFE_INTEGER)
  if (from >= until) return []
  return (await lateRows(session, accounts, from, until)).map(readCharge)
}

const readCharge = (row: UnreadRow): StoredRow => ({ ...row, record: readToAdd(row.record) })
