import type { PicoUsd } from '@speka/core'
import { hash } from 'node:crypto'
import { monthOf, spanOfMonth, type MonthSpan } from '../billing/month.ts'
import { forceOf } from '../billing/spending.ts'
import type { AnyKept, Kept } from '../store/registry.ts'

/** What an account may use up to in a month, and for how long that holds; in ms since the epoch. */
export interface MonthCap {
  readonly amount: PicoUsd
  /** Grows whenever the amount changes, the same in every process. */
  readonly revision: number
  /** Whether it is known; else it is at least this. */
  readonly isKnown: boolean
  readonly from: number
  readonly until: number
}

/** Whose cap is asked for, and what is known of it without a look into the store. */
export interface CapQuestion {
  readonly account: string
  /** What the plan that it is on includes. */
  readonly allowance: PicoUsd
  /** When it came to that plan, in ms since the epoch. Default: it has always been on it. */
  readonly begins?: number | undefined
}

/** Reads what an account may use up to in the month of a moment; `undefined`: there is no such account. */
export type ReadCap = (account: string, at: number) => Promise<PicoUsd | undefined>

/** How long a request may still be under way that came before credit began or ended: its charge is known then. In ms. */
const SETTLED_MS = 600_000

/** What is not known is looked at again so soon, in ms. */
const AGAIN_MS = 100

/** What was known before goes on for so long while it is read anew, in ms. */
const STALE_MS = 1000

/** How often it is looked whether usage of earlier months has come late: nobody tells of that. In ms. */
const LATE_LOOK_MS = 3_600_000

const UNREAD = -1

/** What a cap is read for. */
interface Wanted {
  /** Of which month, allowance and facts. */
  readonly key: string
  readonly month: number
  readonly allowance: PicoUsd
  readonly revision: number
  /** How often it was to be looked for late usage in this month before; below zero: it was not read at all. */
  readonly looks: number
}

interface Known extends Wanted {
  readonly amount: PicoUsd
}

interface AccountCap {
  /** Credit, and corrections of what usage cost. */
  readonly facts: Map<string, Kept<'grant'> | Kept<'adjustment'>>
  known: Known | undefined
  /** Which key is wanted and not known, and since when. */
  missing: { readonly key: string; readonly since: number } | undefined
  reading: Promise<void> | undefined
  /** After a failure: not before then, by the same clock. */
  againAt: number
}

/**
 * How far accounts may go on plans that stop at their allowance: as far as nothing of their usage would be charged. What is spent and
 * left is read from the store when credit is given, begins, ends or is taken back, when usage is corrected, and when a month begins; in
 * between it does not change, since what is used more is left less. Usage that comes late is found within the hour.
 */
export class CapBook {
  readonly #accounts = new Map<string, AccountCap>()
  readonly #read: ReadCap
  readonly #now: () => number

  /** @param now the time in ms since the epoch. @default Date.now */
  constructor(read: ReadCap, now: () => number = Date.now) {
    this.#read = read
    this.#now = now
  }

  /**
   * Hears of credit, and of corrections of usage.
   *
   * @returns the accounts whose cap may be another than before.
   */
  take(changed: readonly AnyKept[]): ReadonlySet<string> {
    const touched = new Set<string>()
    for (const kept of changed) {
      if (kept.kind !== 'grant' && kept.kind !== 'adjustment') continue
      if (kept.kind === 'adjustment' && !this.#counts(kept)) continue
      const { account, id } = kept.record
      const of = this.#of(account)
      if (kept.revision <= (of.facts.get(id)?.revision ?? 0)) continue
      of.facts.set(id, kept)
      touched.add(account)
    }
    return touched
  }

  /**
   * What an account may use up to in the month of a moment.
   *
   * @param at in ms since the epoch.
   */
  capOf({ account, allowance, begins = -Infinity }: CapQuestion, at: number): MonthCap {
    const of = this.#of(account)
    const month = spanOfMonth(monthOf(at))
    const turns = turnsIn(month, of)
    const passed = (turns ?? []).filter((turn) => turn <= at).length
    const looks = looksBy(account, month, at)
    const revisions = [...of.facts.values()].reduce((sum, { revision }) => sum + revision, 0)
    const revision = revisions + passed + looks.passed
    const key = `${month.from} ${allowance} ${begins} ${revisions + passed}`
    const wanted: Wanted = { key, month: month.from, allowance, revision, looks: looks.passed }
    const span = {
      from: Math.max(turns?.[passed - 1] ?? month.from, looks.from),
      until: Math.min(turns?.[passed] ?? month.until, looks.until),
    }
    const isPlain = turns === undefined && begins <= month.from
    const known =
      of.known?.key === key ? of.known : isPlain ? { ...wanted, amount: allowance, looks: UNREAD } : undefined
    if (known !== undefined) {
      // What is taken to be so is of an older revision than what was read.
      const cap = { amount: known.amount, revision: 2 * known.revision + (known.looks < 0 ? 0 : 1), isKnown: true }
      if (known.looks === looks.passed) return { ...cap, ...span }
      this.#look(account, of, wanted, at)
      return { ...cap, from: span.from, until: Math.min(span.until, at + AGAIN_MS) }
    }
    const since = this.#miss(account, of, wanted, at)
    const soon = { from: span.from, until: Math.min(span.until, at + AGAIN_MS) }
    const { known: before } = of
    const goesOn = before?.month === month.from && before.allowance === allowance && this.#now() - since < STALE_MS
    if (goesOn) return { amount: before.amount, revision: 2 * before.revision + 1, isKnown: false, ...soon }
    return { amount: allowance, revision: 2 * revision, isKnown: false, ...soon }
  }

  /** Resolves once all is read that was asked for, or could not be. */
  async settled(): Promise<void> {
    await Promise.all([...this.#accounts.values()].map(({ reading }) => reading))
  }

  /** What corrects an amount and no usage is no matter of a cap, nor is what stands on invoices of months before. */
  #counts({ record }: Kept<'adjustment'>): boolean {
    return record.kind === 'usage' && record.month >= monthOf(this.#now())
  }

  #of(account: string): AccountCap {
    const there = this.#accounts.get(account)
    if (there !== undefined) return there
    const made: AccountCap = {
      facts: new Map(),
      known: undefined,
      missing: undefined,
      reading: undefined,
      againAt: -Infinity,
    }
    this.#accounts.set(account, made)
    return made
  }

  /** @returns since when it is missing. */
  #miss(account: string, of: AccountCap, wanted: Wanted, at: number): number {
    if (of.missing?.key !== wanted.key) of.missing = { key: wanted.key, since: this.#now() }
    this.#look(account, of, wanted, at)
    return of.missing.since
  }

  #look(account: string, of: AccountCap, wanted: Wanted, at: number): void {
    if (of.reading === undefined && this.#now() >= of.againAt) of.reading = this.#readNow(account, of, wanted, at)
  }

  async #readNow(account: string, of: AccountCap, wanted: Wanted, at: number): Promise<void> {
    try {
      const amount = (await this.#read(account, at)) ?? wanted.allowance
      // The same amount once more is no news to anybody.
      const isSame = of.known?.key === wanted.key && of.known.amount === amount
      of.known = { ...wanted, amount, revision: isSame ? (of.known?.revision ?? 0) : wanted.revision }
    } catch {
      // The store is in trouble, or has yet to add up old rows: until it answers nobody is refused for good.
      of.againAt = this.#now() + AGAIN_MS
    } finally {
      of.reading = undefined
    }
  }
}

/** When what is left to spend in a month is to be read, in order; `undefined`: there is nothing but the allowance. */
function turnsIn(month: MonthSpan, { facts }: AccountCap): number[] | undefined {
  const turns = new Set<number>([month.from, month.from + SETTLED_MS])
  let isAny = false
  for (const { kind, record } of facts.values()) {
    if (kind === 'adjustment') {
      isAny ||= spanOfMonth(record.month).from === month.from
      continue
    }
    const { from, until } = forceOf(record)
    if (from >= month.until || until <= month.from || from >= until) continue
    isAny = true
    for (const turn of [from, until]) for (const at of [turn, turn + SETTLED_MS]) turns.add(at)
  }
  if (!isAny) return undefined
  return [...turns].filter((turn) => turn >= month.from && turn < month.until).toSorted((one, other) => one - other)
}

/** How often it was to be looked for late usage in a month, and since and until when that is so: not all accounts at one time. */
function looksBy(account: string, month: MonthSpan, at: number): { passed: number; from: number; until: number } {
  const offset = Number.parseInt(hash('sha256', account).slice(0, 8), 16) % LATE_LOOK_MS
  const passed = Math.floor((at - month.from - offset) / LATE_LOOK_MS) + 1
  const until = month.from + offset + passed * LATE_LOOK_MS
  return { passed, from: until - LATE_LOOK_MS, until: Math.min(until, month.until) }
}
