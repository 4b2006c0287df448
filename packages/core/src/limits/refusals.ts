import { SpekaError, type LimitTold } from '../errors.ts'
import { formatUsd, picoUsd, type PicoUsd } from '../money.ts'
import type { Budget } from './budgets.ts'
import type { LimitWindow } from './limit.ts'
import { speakOfSubject, tellSubject } from './tell-subject.ts'

/** How a limit of each window is called. */
const spoken: Readonly<Record<LimitWindow, string>> = {
  day: 'daily limit',
  week: 'weekly limit',
  month: 'monthly limit',
  lifetime: 'lifetime limit',
}

/** What a budget has left, and what of it is set aside by requests under way. */
export interface BudgetLeft {
  readonly left: PicoUsd
  readonly held: PicoUsd
}

/** A limit on money as its caller is told of it. */
function budgetTold({ applied, cap, endsAt }: Budget, { left, held }: BudgetLeft): LimitTold {
  const { subject, rule } = applied.limit
  return {
    subject: tellSubject(subject),
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
  const { rule, subject, remedy = 'ask whoever set the limit to raise it' } = budget.applied.limit
  const window =
    told.resets_at === null
      ? 'It covers all that is ever spent, so waiting does not help.'
      : `A new ${rule.window} begins at ${told.resets_at}.`
  const message =
    `The ${spoken[rule.window]} of ${told.limit} USD for ${speakOfSubject(subject)} has ` +
    `${formatUsd(notBelowZero(left.left))} USD left, and this request may cost up to ${formatUsd(amount)} USD: ` +
    `${told.spent} USD are spent and ${told.held} USD are set aside for requests under way. ${window} ` +
    `Shorten the prompt, lower max_tokens, or ${remedy}.`
  const retryAfterMs = budget.endsAt === Infinity ? undefined : Math.max(0, budget.endsAt - now)
  return new SpekaError('insufficient_quota', message, { limit: told, retryAfterMs })
}

/** How much of a limit is left cannot be known at present. */
export function unknownLeft({ applied }: Budget): SpekaError {
  const { subject, rule, mayBeMore } = applied.limit
  const why =
    mayBeMore === true
      ? 'the credit beside it is being added up'
      : 'another process of this gateway holds some of it and does not answer'
  return new SpekaError(
    'limit_unavailable',
    `How much is left of the ${spoken[rule.window]} for ${speakOfSubject(subject)} cannot be known at the moment: ${why}. Try again in a second.`,
    { retryAfterMs: 1000 },
  )
}

/** A model that nobody can set money aside for. */
export function unpriced(model: string): SpekaError {
  return new SpekaError(
    'model_not_allowed',
    `The model "${model}" has no price, so what it costs cannot be kept within the limit on money of this key. Ask for a model that has one; whoever runs the gateway can give it one, under models."${model}".price in the configuration.`,
    { param: 'model' },
  )
}
