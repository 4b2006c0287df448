import type { Failure, FailureClass } from '../failure.ts'

/** What to do after a failed attempt. */
export type NextStep =
  /** The same target again, after a pause. */
  | 'retry_here'
  /** The same target again at once, with another of the operator's keys. */
  | 'next_key'
  /** The next target of the plan. */
  | 'next_target'
  /** A target of another model: this one would fail again whoever serves it. */
  | 'next_model'
  | 'stop'

interface Row {
  /** While the provider has a key that this request has not tried. Default: as without. */
  readonly withKey?: NextStep
  /** While the plan has a target left. */
  readonly another: NextStep
  /** At the last target. */
  readonly alone: NextStep
}

/** What each class of failure leads to, before the limits below. */
const rows: Readonly<Record<FailureClass, Row>> = {
  transient: { another: 'next_target', alone: 'retry_here' },
  timeout: { another: 'next_target', alone: 'retry_here' },
  rate_limit: { withKey: 'next_key', another: 'next_target', alone: 'retry_here' },
  quota: { withKey: 'next_key', another: 'next_target', alone: 'stop' },
  credential: { withKey: 'next_key', another: 'next_target', alone: 'stop' },
  model_unavailable: { another: 'next_target', alone: 'stop' },
  context_window: { another: 'next_model', alone: 'next_model' },
  content_policy: { another: 'next_model', alone: 'next_model' },
  caller_fault: { another: 'stop', alone: 'stop' },
  unfit: { another: 'next_target', alone: 'stop' },
  cancelled: { another: 'stop', alone: 'stop' },
  unknown: { another: 'next_target', alone: 'stop' },
}

export interface Situation {
  readonly failure: Failure
  /** Whether an earlier attempt of this request may have been billed already. */
  readonly billedBefore: boolean
  readonly anotherKey: boolean
  readonly anotherTarget: boolean
  readonly attemptsLeft: number
  /** Whether the target is a gateway that has retried by itself. */
  readonly routesItself: boolean
}

/**
 * Decides what follows a failed attempt. An attempt that the upstream may charge for is repeated at most once, so that a
 * request costs the operator at most twice; nothing goes beyond the budget of attempts.
 */
export function nextStep(situation: Situation): NextStep {
  const { failure, billedBefore, anotherKey, anotherTarget, attemptsLeft, routesItself } = situation
  if (attemptsLeft <= 0 || (failure.mayBeBilled && billedBefore)) return 'stop'
  const { withKey, another, alone } = rows[failure.class]
  const step = (anotherKey ? withKey : undefined) ?? (anotherTarget ? another : alone)
  return step === 'retry_here' && (routesItself || failure.isFinal === true) ? 'stop' : step
}
