import { SpekaError, type LimitTold } from '../errors.ts'
import { formatUsd, picoUsd, type PicoUsd } from '../money.ts'
import type { Budget } from './budgets.ts'
import type { LimitWindow, Subject } from './limit.ts'

/** Whose limit it is, as its caller may know: `key`, `team research`, `each customer`. */
export function subjectTold({ kind, id }: Subject): string {
  if (kind === 'key' || (kind === 'account' && id === undefined)) return kind
  return id === undefined ? `each ${kind}` : `${kind} ${id}`
}

/** How a window is spoken of. */
const spoken: Readonly<Record<LimitWindow, string>> = {
  day: 'a day',
  week: 'a week',
  month: 'a month',
  lifetime: 'in all',
}

/** What a budget has left, and what of it is set aside by requests under way. */
export interface BudgetLeft {
  readonly left: PicoUsd
  readonly held: PicoUsd
}

/** A limit on money as its caller is told of it. */
export function budgetTold({ applied, cap, endsAt }: Budget, { left, held }: BudgetLeft): LimitTold {
  const { subject, rule } = applied.limit
  return {
    subject: subjectTold(subject),
    kind: rule.kind,
    window: rule.window,
    limit: formatUsd(cap),
    spent: formatUsd(notBelowZero(cap - left - held)),
    held: formatUsd(held),
    resets_at: endsAt === Infinity ? null : new Date(endsAt).toISOString(),
  }
}

const notBelowZero = (amount: bigint): PicoUsd => picoUsd(amount < 0n ? 0n : amount)

/**
 * A budget has too little left for a request.
 *
 * @param amount what had to be set aside for it at the least.
 * @param now in ms since the epoch: money is there again when the window ends.
 */
export function budgetRefusal(budget: Budget, left: BudgetLeft, amount: PicoUsd, now: number): SpekaError {
  const told = budgetTold(budget, left)
  const { window } = budget.applied.limit.rule
  const resets = told.resets_at === null ? 'It never resets' : `It resets at ${told.resets_at}`
  const message =
    `The limit of ${told.limit} USD ${spoken[window]} for ${told.subject} has too little left for this request: ` +
    `${told.spent} USD are spent and ${told.held} USD set aside for requests under way, and this one may cost ` +
    `${formatUsd(amount)} USD. ${resets}. Send less, lower max_tokens, or have the limit raised.`
  const retryAfterMs = budget.endsAt === Infinity ? undefined : Math.max(0, budget.endsAt - now)
  return new SpekaError('insufficient_quota', message, { limit: told, retryAfterMs })
}

/** How much of a limit is left cannot be known at present. */
export function unknownLeft({ applied }: Budget, cause?: unknown): SpekaError {
  const { subject, rule } = applied.limit
  return new SpekaError(
    'limit_unavailable',
    `How much is left of the limit ${spoken[rule.window]} for ${subjectTold(subject)} cannot be known at the moment: another process of this gateway holds some of it and does not answer. Try again.`,
    { retryAfterMs: 1000, cause },
  )
}

/** A model that nobody can set money aside for. */
export function unpriced(model: string): SpekaError {
  return new SpekaError(
    'model_not_allowed',
    `The model "${model}" has no price, so a key with a limit on money cannot use it. Give it one under models."${model}".price in the configuration, or take the limit off.`,
    { param: 'model' },
  )
}
