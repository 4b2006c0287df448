import type { PicoUsd } from '@speka/core'
import { monthOf, spanOfMonth, type MonthSpan } from '../billing/month.ts'
import { forceOf } from '../billing/spending.ts'
import type { GrantRecord } from '../store/records.ts'
import type { AnyKept, Kept } from '../store/registry.ts'

/** What an account may use up to in a month, credit included, and for how long that holds; in ms since the epoch. */
export interface CreditedCap {
  readonly amount: PicoUsd
  /** Grows whenever the amount changes, the same in every process. */
  readonly revision: number
  /** Whether it is known; else it is at least this. */
  readonly isKnown: boolean
  readonly from: number
  readonly until: number
}

/** Reads what an account may use up to in the month of a moment. */
export type ReadCap = (
  account: string,
  grants: readonly GrantRecord[],
  allowance: PicoUsd,
  at: number,
) => Promise<PicoUsd>

/** How long a request may still be under way that came before credit began or ended: its charge is known then. In ms. */
const SETTLED_MS = 600_000

/** What is not known is looked at again so soon, in ms. */
const AGAIN_MS = 100

/** What was known before goes on for so long while it is read anew, in ms. */
const STALE_MS = 1000

interface Known {
  /** Of which month, allowance and revision. */
  readonly key: string
  readonly month: number
  readonly allowance: PicoUsd
  readonly amount: PicoUsd
  readonly revision: number
}

interface AccountCredit {
  readonly grants: Map<string, Kept<'grant'>>
  known: Known | undefined
  /** Which key is wanted and not known, and since when. */
  missing: { readonly key: string; readonly since: number } | undefined
  reading: Promise<void> | undefined
  /** After a failure: not before then, by the same clock. */
  againAt: number
}

/**
 * How far accounts with credit may go on plans that stop at their allowance. What is spent and left is read from the store when credit
 * is given, begins, ends or is taken back, and when a month begins; in between it does not change: what is used more is left less.
 */
export class CreditBook {
  readonly #accounts = new Map<string, AccountCredit>()
  readonly #read: ReadCap
  readonly #now: () => number

  /** @param now the time in ms since the epoch. @default Date.now */
  constructor(read: ReadCap, now: () => number = Date.now) {
    this.#read = read
    this.#now = now
  }

  /**
   * Hears of credit.
   *
   * @returns the accounts whose credit is another than before.
   */
  take(changed: readonly AnyKept[]): ReadonlySet<string> {
    const touched = new Set<string>()
    for (const kept of changed) {
      if (kept.kind !== 'grant') continue
      const { account, id } = kept.record
      const of = this.#of(account)
      if (kept.revision <= (of.grants.get(id)?.revision ?? 0)) continue
      of.grants.set(id, kept)
      touched.add(account)
    }
    return touched
  }

  /**
   * What an account may use up to in the month of a moment; `undefined`: it has no credit in it.
   *
   * @param allowance of the plan that it is on.
   * @param at in ms since the epoch.
   */
  capOf(account: string, allowance: PicoUsd, at: number): CreditedCap | undefined {
    const of = this.#accounts.get(account)
    if (of === undefined) return undefined
    const month = spanOfMonth(monthOf(at))
    const turns = turnsIn(month, of)
    if (turns === undefined) return undefined
    const passed = turns.filter((turn) => turn <= at).length
    const [from, until] = [turns[passed - 1] ?? month.from, turns[passed] ?? month.until]
    const revisions = [...of.grants.values()].reduce((sum, { revision }) => sum + revision, 0)
    const revision = revisions + passed
    const key = `${month.from} ${allowance} ${revision}`
    const { known } = of
    // What is at least there is of an older revision than what is known.
    if (known?.key === key) return { amount: known.amount, revision: 2 * revision + 1, isKnown: true, from, until }
    const since = this.#miss(account, of, { key, month: month.from, allowance, revision }, at)
    const span = { from, until: Math.min(until, at + AGAIN_MS) }
    const goesOn = known?.month === month.from && known.allowance === allowance && this.#now() - since < STALE_MS
    if (goesOn) return { amount: known.amount, revision: 2 * known.revision + 1, isKnown: false, ...span }
    return { amount: allowance, revision: 2 * revision, isKnown: false, ...span }
  }

  /** Resolves once all is read that was asked for, or could not be. */
  async settled(): Promise<void> {
    await Promise.all([...this.#accounts.values()].map(({ reading }) => reading))
  }

  #of(account: string): AccountCredit {
    const there = this.#accounts.get(account)
    if (there !== undefined) return there
    const made: AccountCredit = {
      grants: new Map(),
      known: undefined,
      missing: undefined,
      reading: undefined,
      againAt: -Infinity,
    }
    this.#accounts.set(account, made)
    return made
  }

  /** @returns since when it is missing. */
  #miss(account: string, of: AccountCredit, wanted: Omit<Known, 'amount'>, at: number): number {
    const now = this.#now()
    if (of.missing?.key !== wanted.key) of.missing = { key: wanted.key, since: now }
    if (of.reading === undefined && now >= of.againAt) of.reading = this.#look(account, of, wanted, at)
    return of.missing.since
  }

  async #look(account: string, of: AccountCredit, wanted: Omit<Known, 'amount'>, at: number): Promise<void> {
    const grants = [...of.grants.values()].map(({ record }) => record)
    try {
      of.known = { ...wanted, amount: await this.#read(account, grants, wanted.allowance, at) }
    } catch {
      // The store is in trouble, or has yet to add up old rows: until it answers nobody is refused for good.
      of.againAt = this.#now() + AGAIN_MS
    } finally {
      of.reading = undefined
    }
  }
}

/** When what is left to spend in a month is to be read, in order; `undefined`: there is nothing to spend in it. */
function turnsIn(month: MonthSpan, { grants }: AccountCredit): number[] | undefined {
  const turns = new Set<number>([month.from, month.from + SETTLED_MS])
  let isAny = false
  for (const { record } of grants.values()) {
    const { from, until } = forceOf(record)
    if (from >= month.until || until <= month.from || from >= until) continue
    isAny = true
    for (const turn of [from, until]) for (const at of [turn, turn + SETTLED_MS]) turns.add(at)
  }
  if (!isAny) return undefined
  return [...turns].filter((turn) => turn >= month.from && turn < month.until).toSorted((one, other) => one - other)
}
