import type { Failure, FailureClass } from '../failure.ts'
import { CircuitBreaker, type BreakerState } from './circuit-breaker.ts'
import { RollingWindow } from './rolling-window.ts'

/** How an attempt went, for what is known of its target. */
export interface AttemptOutcome {
  /** `undefined`: it answered. */
  readonly failure: Failure | undefined
  /** From the attempt's start, in ms; `undefined` for a JSON answer, whose first output is its last. */
  readonly firstOutputMs: number | undefined
  readonly durationMs: number
  readonly outputTokens: number | undefined
}

/** What a class of failure says about the target, as opposed to the request. */
type Verdict = 'failing' | 'cooling' | 'nothing'

const verdicts: Readonly<Record<FailureClass, Verdict>> = {
  transient: 'failing',
  timeout: 'failing',
  unknown: 'failing',
  rate_limit: 'cooling',
  quota: 'cooling',
  credential: 'cooling',
  model_unavailable: 'cooling',
  context_window: 'nothing',
  content_policy: 'nothing',
  caller_fault: 'nothing',
  unfit: 'nothing',
  cancelled: 'nothing',
}

/** How long a target is left alone when the upstream does not say, in ms. */
const COOLDOWN_MS: Partial<Record<FailureClass, number>> = {
  rate_limit: 1000,
  quota: 30_000,
  credential: 30_000,
  model_unavailable: 30_000,
}

/** What is known of one target: whether it works, how quick it is, how busy. Times are monotonic, in ms. */
export class TargetHealth {
  readonly #breaker = new CircuitBreaker()
  readonly #firstOutput = new RollingWindow()
  readonly #speed = new RollingWindow()
  #inFlight = 0

  state(now: number): BreakerState {
    return this.#breaker.state(now)
  }

  get openUntil(): number {
    return this.#breaker.openUntil
  }

  /** Whether the latest attempt failed. */
  get isSuspect(): boolean {
    return this.#breaker.isSuspect
  }

  /** Whether requests are kept away from it since attempts failed: until one succeeds. */
  get isDown(): boolean {
    return this.#breaker.isDown
  }

  /** Whether it has ever answered. */
  get hasAnswered(): boolean {
    return this.#firstOutput.median !== undefined
  }

  /** Attempts under way. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The median time to the first output, in ms. */
  get latencyMs(): number | undefined {
    return this.#firstOutput.median
  }

  /** The median speed, in tokens of output per second. */
  get tokensPerSecond(): number | undefined {
    return this.#speed.median
  }

  /** Another replica has found it failing, and says for how long it leaves it alone: see {@link CircuitBreaker.warn}. */
  warn(now: number, ms: number): void {
    this.#breaker.warn(now, ms)
  }

  begin(now: number): void {
    this.#inFlight += 1
    this.#breaker.begin(now)
  }

  /** @param hasOtherKeys whether another key of the same provider may fare better where this one was refused. */
  end(now: number, { failure, firstOutputMs, durationMs, outputTokens }: AttemptOutcome, hasOtherKeys = false): void {
    this.#inFlight -= 1
    if (failure !== undefined) {
      this.#failed(now, failure, hasOtherKeys)
      return
    }
    this.#breaker.succeed()
    const first = firstOutputMs ?? durationMs
    this.#firstOutput.add(first)
    if (outputTokens !== undefined && outputTokens > 0 && durationMs > 0)
      this.#speed.add((outputTokens * 1000) / durationMs)
  }

  #failed(now: number, failure: Failure, hasOtherKeys: boolean): void {
    switch (verdicts[failure.class]) {
      case 'failing':
        this.#breaker.fail(now)
        return
      case 'cooling':
        if (hasOtherKeys) this.#breaker.forget()
        else this.#breaker.coolDown(now, failure.retryAfterMs ?? COOLDOWN_MS[failure.class] ?? 0)
        return
      case 'nothing':
        this.#breaker.forget()
    }
  }
}
