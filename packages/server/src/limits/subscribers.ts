import { planAhead, planAt, plansOverTime, type PlanTerm } from '../billing/plan-at.ts'
import { DEFAULT_ACCOUNT } from '../store/default-account.ts'
import type { AccountRecord } from '../store/records.ts'
import type { Limit } from '@speka/core/internal'
import type { AnyKept, Kept } from '../store/registry.ts'
import type { ConfiguredBook } from './limit-book.ts'
import type { CapBook } from './cap-book.ts'
import { limitsOfPlan, stopsAt, type Subscriber } from './plan-limits.ts'

/** What an account is on, and when that turns by itself; in ms since the epoch. */
interface SubscribedSpan {
  /** `undefined`: it is on none, which limits nothing. */
  readonly subscriber: Subscriber | undefined
  readonly from: number
  readonly until: number
}

/** What the plan of an account limits, and when that turns by itself; in ms since the epoch. */
export interface PlanSpan {
  readonly limits: readonly Limit[]
  readonly from: number
  readonly until: number
}

/** A plan of an account, and since when its limits are known here. */
interface KnownTerm extends PlanTerm {
  readonly since: number
}

interface KeptSubscriber {
  /** The oldest first, one at least. */
  readonly terms: readonly KnownTerm[]
  readonly revision: number
}

const NO_LIMITS: readonly Limit[] = []
const NEVER_ON_ONE = { subscriber: undefined, from: -Infinity, until: Infinity } as const

/** Whether an account is on a plan, but for `none`, or will be. */
export const isSubscribed = (account: AccountRecord, now: number): boolean =>
  planAt(account, now) !== 'none' || (planAhead(account, now)?.plan ?? 'none') !== 'none'

/** Accounts on plans, and when they turn. */
export class Subscribers {
  readonly #kept = new Map<string, KeptSubscriber>()
  readonly #now: () => number
  readonly #caps: CapBook | undefined

  /**
   * @param now the time in ms since the epoch
   * @param caps how far accounts may go on plans that stop. Default: as far as their plan includes.
   */
  constructor(now: () => number, caps?: CapBook) {
    this.#now = now
    this.#caps = caps
  }

  /** Whether there is nobody: every request asks. */
  isEmpty = true

  /**
   * Hears of an account.
   *
   * @returns whether its plans are others than before.
   */
  take({ record, revision }: Kept<'account'>, loadedAt: number): boolean {
    const { id, createdAt } = record
    const now = this.#now()
    const there = this.#kept.get(id)
    if (!isSubscribed(record, now)) return this.#forget(id)
    // Of a new account nothing was spent before. Of another, what its window has spent by now counts.
    const isNew = revision === 1 && createdAt > loadedAt
    const terms = plansOverTime(record).map(({ plan, from }): KnownTerm => {
      const known = there?.terms.find((term) => term.plan === plan && term.from === from)
      return known ?? { plan, from, since: isNew ? 0 : now }
    })
    this.#kept.set(id, { terms, revision })
    this.isEmpty = false
    return (
      there === undefined || terms.length !== there.terms.length || terms.some((term) => !there.terms.includes(term))
    )
  }

  #forget(id: string): boolean {
    const wasThere = this.#kept.delete(id)
    this.isEmpty = this.#kept.size === 0
    return wasThere
  }

  /**
   * Hears of credit, and of corrections of usage.
   *
   * @returns whether any has changed.
   */
  takeCaps(changed: readonly AnyKept[], configured: ConfiguredBook): boolean {
    const touched = this.#caps?.take(changed)
    if (touched === undefined || touched.size === 0) return false
    // So that it is known when the next request comes.
    for (const account of touched) this.limitsAt(account, this.#now(), configured)
    return true
  }

  /** Resolves once what was asked for is known, or cannot be: so that nobody is told at first that it is not. */
  async settled(): Promise<void> {
    await this.#caps?.settled()
  }

  /** What the plan of an account limits at a moment. */
  limitsAt(account: string, at: number, configured: ConfiguredBook): PlanSpan {
    const { plans, testKeys = [] } = configured
    const { subscriber, from, until } = this.#at(account, at, configured)
    if (subscriber === undefined) return { limits: NO_LIMITS, from, until }
    const allowance = stopsAt(subscriber.plan, plans)
    const { begins } = subscriber
    const cap = allowance === undefined ? undefined : this.#caps?.capOf({ account, allowance, begins }, at)
    const limits = limitsOfPlan(subscriber, plans, { cap, testKeys: account === DEFAULT_ACCOUNT ? testKeys : [] })
    if (cap === undefined) return { limits, from, until }
    return { limits, from: Math.max(from, cap.from), until: Math.min(until, cap.until) }
  }

  /** What an account is on at a moment. */
  #at(account: string, at: number, { planOf, loadedAt }: Pick<ConfiguredBook, 'planOf' | 'loadedAt'>): SubscribedSpan {
    const kept = this.#kept.get(account)
    const revision = loadedAt + (kept?.revision ?? 0)
    const said = planOf.get(account)
    if (said !== undefined) {
      if (said === 'none') return NEVER_ON_ONE
      const term = kept?.terms.findLast(({ from }) => from <= at)
      // What was spent on the plan before this one counts as well.
      const since = term?.plan === said ? term.since : loadedAt
      return { ...NEVER_ON_ONE, subscriber: { account, plan: said, since, revision } }
    }
    if (kept === undefined) return NEVER_ON_ONE
    const { terms } = kept
    const index = Math.max(
      0,
      terms.findLastIndex(({ from }) => from <= at),
    )
    const [term, next] = [terms[index], terms[index + 1]]
    const from = index === 0 ? -Infinity : (term?.from ?? -Infinity)
    const until = next?.from ?? Infinity
    if (term === undefined || term.plan === 'none') return { subscriber: undefined, from, until }
    const { plan, since } = term
    const begins = index === 0 ? undefined : term.from
    return { subscriber: { account, plan, since, revision, begins }, from, until }
  }

  /** Accounts on a plan that a configuration does not know, or that will be on one. */
  withoutPlan({ plans, planOf }: Pick<ConfiguredBook, 'plans' | 'planOf'>): { account: string; plan: string }[] {
    const now = this.#now()
    return [...this.#kept].flatMap(([account, { terms }]) => {
      if (planOf.has(account)) return []
      const current = Math.max(
        0,
        terms.findLastIndex(({ from }) => from <= now),
      )
      const unknown = terms.slice(current).find(({ plan }) => plan !== 'none' && !plans.has(plan))
      return unknown === undefined ? [] : [{ account, plan: unknown.plan }]
    })
  }
}
