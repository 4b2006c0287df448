import { formatUsd, picoUsd, type PicoUsd } from '../money.ts'
import type { Budget, Budgets, BudgetStanding } from './budgets.ts'
import type { Applied, AppliedMoney, ReachedAction } from './limit.ts'
import type { RateStanding } from './rates.ts'
import { rateCounting } from './rates/rate-kinds.ts'
import { tellSubject } from './tell-subject.ts'
import { budgetAt } from './window.ts'

/** A limit and where it stands, as who is limited by it may see it. Of money amounts are decimal strings in USD, else whole numbers. */
export interface LimitStanding {
  readonly subject: string
  readonly kind: string
  /** Of money `day`, `week`, `month`, `lifetime`; of rates `minute`, `day`, `parallel`. */
  readonly window: string
  readonly limit: string
  readonly spent: string
  /** Set aside for requests under way. */
  readonly held: string
  readonly remaining: string
  /** When all of it is there again, in ISO 8601; `null`: never, or when requests end. */
  readonly resets_at: string | null
  /** A glob of the models it is about; `null`: all. */
  readonly models: string | null
  readonly on_reached: ReachedAction
  readonly fallback: readonly string[] | null
}

/** What limits are asked where they stand by. */
export interface StandingSources {
  readonly budgets: Pick<Budgets, 'standing'>
  readonly rates: { standing(rates: Applied['rates']): readonly RateStanding[] | Promise<readonly RateStanding[]> }
}

/** A budget with what is known of it. */
export interface KnownBudget {
  readonly budget: Budget
  readonly spent: PicoUsd
  readonly held: PicoUsd
  /** Not below zero. */
  readonly remaining: PicoUsd
}

/** How much is left of budgets in the windows of a moment, in ms since the epoch. */
export async function budgetsNow(
  money: readonly AppliedMoney[],
  budgets: Pick<Budgets, 'standing'>,
  now: number,
): Promise<KnownBudget[]> {
  if (money.length === 0) return []
  const asked = money.map((applied) => budgetAt(applied, now))
  return knownBudgets(asked, await budgets.standing(asked))
}

const knownBudgets = (budgets: readonly Budget[], standings: readonly BudgetStanding[]): KnownBudget[] =>
  budgets.map((budget, index) => {
    const { spent, held } = standings[index] ?? { spent: picoUsd(0n), held: picoUsd(0n) }
    const left = budget.cap - spent - held
    return { budget, spent, held, remaining: picoUsd(left < 0n ? 0n : left) }
  })

export function showBudget({ budget, spent, held, remaining }: KnownBudget): LimitStanding {
  const { limit } = budget.applied
  return {
    subject: tellSubject(limit.subject),
    kind: 'usd',
    window: limit.rule.window,
    limit: formatUsd(budget.cap),
    spent: formatUsd(spent),
    held: formatUsd(held),
    remaining: formatUsd(remaining),
    resets_at: budget.endsAt === Infinity ? null : new Date(budget.endsAt).toISOString(),
    models: limit.models ?? null,
    on_reached: limit.onReached,
    fallback: limit.fallback ?? null,
  }
}

/** @param now in ms since the epoch. */
export function showRate({ applied, remaining, resetMs }: RateStanding, now: number): LimitStanding {
  const { subject, rule, models, onReached } = applied.limit
  const left = Math.max(0, Math.floor(remaining))
  const { window } = rateCounting[rule.kind]
  const isParallel = window === 'parallel'
  return {
    subject: tellSubject(subject),
    kind: rule.kind,
    window,
    limit: String(rule.amount),
    spent: String(isParallel ? 0 : Math.max(0, rule.amount - left)),
    held: String(isParallel ? Math.max(0, rule.amount - left) : 0),
    remaining: String(left),
    resets_at: isParallel ? null : new Date(now + Math.ceil(resetMs)).toISOString(),
    models: models ?? null,
    on_reached: onReached,
    fallback: null,
  }
}

/** Where all that applies stands, money first. Nothing is taken. */
export async function standingsOf(
  { money, rates }: Applied,
  sources: StandingSources,
  now: number,
): Promise<{ money: KnownBudget[]; rates: readonly RateStanding[] }> {
  const [budgets, standings] = await Promise.all([
    budgetsNow(money, sources.budgets, now),
    rates.length === 0 ? [] : sources.rates.standing(rates),
  ])
  return { money: budgets, rates: standings }
}
