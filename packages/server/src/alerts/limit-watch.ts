import type { PicoUsd } from '@speka/core'
import type { Budget, Budgets, Notices } from '@speka/core/internal'
import type { NewAlert } from '../store/alerts.ts'
import { thresholdReached } from './alert-events.ts'
import type { AlertRules } from './alert-rules.ts'

/** How often to look, in ms: what crossed a threshold is told within that. */
export const LIMIT_LOOK_MS = 1000
/** How long a budget that was spent from is not looked at, unless this process alone has spent enough; in ms. Others may have. */
export const OTHERS_SPEND_MS = 10_000
/** How many budgets are asked about at once. */
const AT_ONCE = 200
/** How many budgets are remembered. One that was forgotten is looked at with its next request. */
const MOST_WATCHED = 10_000
/** With that much spent, in percent, a request that is refused has reached the limit: what is left is too little to go on. */
const AS_GOOD_AS_SPENT = 95n

interface Watched {
  budget: Budget
  /** What was spent when it was last looked at. */
  spent: bigint
  /** What this process has spent since. */
  here: bigint
  /** Monotonic, in ms; `undefined`: it never was. */
  lookedAt: number | undefined
  /** What is to be spent before the next threshold; `undefined`: all have been told. */
  next: bigint | undefined
  wasRefused: boolean
}

export interface LimitWatchParts {
  readonly budgets: Pick<Budgets, 'standing'>
  /** Keeps an alert, unless it is there. */
  readonly raise: (alert: NewAlert) => Promise<void>
  readonly clock: { now(): number; monotonic(): number }
}

/**
 * Notices when limits on money reach the percentages that somebody wants to know of. What it does for a request is to add up;
 * what all processes have spent is asked for later, and seldom.
 */
export class LimitWatch implements Notices {
  readonly #parts: LimitWatchParts
  readonly #watched = new Map<string, Watched>()
  /** Spent from since they were looked at, or refused. */
  readonly #touched = new Set<Watched>()
  #thresholds: AlertRules['thresholds'] = new Map()

  constructor(parts: LimitWatchParts) {
    this.#parts = parts
  }

  configure({ thresholds }: AlertRules): void {
    this.#thresholds = thresholds
    // What was told before stays told: the store knows.
    this.#watched.clear()
    this.#touched.clear()
  }

  spent(budgets: readonly Budget[], charge: PicoUsd): void {
    if (this.#thresholds.size === 0 || charge === 0n) return
    for (const budget of budgets) {
      const watched = this.#of(budget)
      if (watched.next === undefined) continue
      watched.here += charge
      this.#touched.add(watched)
    }
  }

  refused(budget: Budget): void {
    if (this.#thresholds.size === 0) return
    const watched = this.#of(budget)
    if (watched.next === undefined) return
    watched.wasRefused = true
    this.#touched.add(watched)
  }

  /**
   * Looks at what may have crossed a threshold.
   *
   * @param isLast looks at everything that was spent from. Default: only at what is due.
   */
  async look(isLast = false): Promise<void> {
    const now = this.#parts.clock.monotonic()
    for (;;) {
      const due: Watched[] = []
      for (const watched of this.#touched) {
        if (isLast || isDue(watched, now)) due.push(watched)
        if (due.length === AT_ONCE) break
      }
      if (due.length === 0) return
      await this.#lookAt(due, now)
      if (!isLast) return
    }
  }

  async #lookAt(due: readonly Watched[], now: number): Promise<void> {
    const before = due.map(({ budget, here, wasRefused }) => ({ budget, here, wasRefused }))
    const standings = await this.#parts.budgets.standing(before.map(({ budget }) => budget))
    for (const [index, watched] of due.entries()) {
      const [spent, was] = [standings[index]?.spent, before[index]]
      if (spent === undefined || was === undefined) continue
      watched.next = await this.#tell(was.budget, spent, was.wasRefused)
      watched.spent = spent
      watched.here -= was.here
      watched.lookedAt = now
      watched.wasRefused = false
      if (watched.here === 0n || watched.next === undefined) this.#touched.delete(watched)
    }
  }

  /** @returns what is to be spent before the next threshold. */
  async #tell(budget: Budget, spent: PicoUsd, wasRefused: boolean): Promise<bigint | undefined> {
    const { clock, raise } = this.#parts
    const isUp = wasRefused && spent * 100n >= budget.cap * AS_GOOD_AS_SPENT
    for (const [percent, to] of this.#thresholds) {
      if (spent * 100n < budget.cap * BigInt(percent) && !isUp) return (budget.cap * BigInt(percent)) / 100n
      await raise(thresholdReached({ budget, percent, spent, refused: isUp }, clock.now(), to))
    }
    return undefined
  }

  /** Of two caps of one limit, the one of the higher revision is in force. */
  #of(budget: Budget): Watched {
    const known = this.#watched.get(budget.id)
    if (known !== undefined && (known.budget.cap === budget.cap || isOlder(budget, known.budget))) return known
    if (known !== undefined) this.#touched.delete(known)
    // Nothing can be spent of nothing: there is nothing to tell.
    const next = budget.cap === 0n ? undefined : 0n
    const made: Watched = { budget, spent: 0n, here: 0n, lookedAt: undefined, next, wasRefused: false }
    this.#watched.set(budget.id, made)
    if (this.#watched.size > MOST_WATCHED) this.#forgetOldest()
    return made
  }

  #forgetOldest(): void {
    for (const [id, watched] of this.#watched) {
      if (this.#touched.has(watched)) continue
      this.#watched.delete(id)
      return
    }
  }
}

const isOlder = (one: Budget, other: Budget): boolean => one.applied.limit.revision < other.applied.limit.revision

/** Whether a budget may have crossed a threshold by what this process has spent, or has not been looked at for long. */
const isDue = ({ spent, here, next, lookedAt }: Watched, now: number): boolean =>
  lookedAt === undefined || now - lookedAt >= OTHERS_SPEND_MS || (next !== undefined && spent + here >= next)
