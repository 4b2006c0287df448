import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { LLMResult } from '@langchain/core/outputs'
import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import { readUsd, SpendAccount, zeroUsd, type Choose, type SetAside } from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { MODEL_PROVIDER } from './metadata.ts'
import { SpekaSpendCapError, type SpendState } from './speka-spend-cap-error.ts'

/** What one call cost. */
export interface CostEntry {
  /** The model that answered; the one asked for when none did. */
  readonly model: string
  /** US dollars as an exact decimal string; `undefined` when it is not known. */
  readonly cost: string | undefined
  /** Whether the cost rests on counts of the gateway's own, because the provider told none. */
  readonly isEstimated: boolean
}

export interface SpekaCostHandlerFields {
  /**
   * The most that all calls together may cost, in US dollars: a number or a decimal string. A call that could go beyond waits
   * for calls under way, which may give back, and is refused with a {@link SpekaSpendCapError} when none is left. Default: no limit.
   */
  maxCostUsd?: number | string | undefined
  /** Told of every call when it has ended. */
  onCost?: ((entry: CostEntry) => void) | undefined
}

/** A call for which money is to be set aside. */
export interface ReservingCall {
  /** What it costs at the most; `undefined` when its price is not known. Asked for only when it matters. */
  mostCost(): PicoUsd | undefined
  /** Whether that is certain, because the caller limits the answer. */
  readonly isLimited: boolean
  /** The caller has left: it waits no longer. */
  readonly signal?: AbortSignal | undefined
}

/** Money set aside for one call. Exactly one of `settle` and `release` is called, once. */
export interface Reservation {
  /** The most the call may cost; `undefined`: there is no cap. */
  readonly amount: PicoUsd | undefined
  /**
   * The call has ended.
   *
   * @param cost what it cost; `undefined` when nobody knows: then all that was set aside counts as spent.
   * @param isEstimated see {@link CostEntry.isEstimated}.
   */
  settle(model: string, cost: PicoUsd | undefined, isEstimated?: boolean): void
  /** The call was not made after all. */
  release(): void
  /** Its answer waits for its reader until `resume`: whoever waits for this call may be that reader. */
  pause(): void
  resume(): void
}

const nothing = (): void => {}

/** The mark by which handlers of another copy of this package are known. */
const brand = Symbol.for('speka.cost-handler')

let made = 0

/** What a call without a limit of its own may take, when that is more than it is expected to need. */
const SHARE = 4n

/**
 * A callback that adds up what a run costs, and can keep it below a cap. Give it to the run, for example to an agent; every
 * `ChatSpeka` inside reports to it. One handler is one account: what shares it shares the cap.
 *
 * @example
 * const costs = new SpekaCostHandler({ maxCostUsd: 0.05 })
 * await agent.invoke({ messages }, { callbacks: [costs] })
 * console.log(costs.totalUsd)
 */
export class SpekaCostHandler extends BaseCallbackHandler {
  override name = 'speka_cost_handler'
  readonly [brand] = true
  readonly #cap: PicoUsd | undefined
  readonly #onCost: ((entry: CostEntry) => void) | undefined
  readonly #byModel = new Map<string, PicoUsd>()
  readonly #account = new SpendAccount(realClock)
  /** All calls ask their handlers in one order, so that no two wait for each other. */
  readonly order = (made += 1)
  #calls = 0
  #unknown = 0
  #estimated = 0

  /** @throws RangeError when `maxCostUsd` is not an amount of money. */
  constructor({ maxCostUsd, onCost }: SpekaCostHandlerFields = {}) {
    // Totals are there when a call returns, not some time later.
    super({ _awaitHandler: true })
    this.#cap = maxCostUsd === undefined ? undefined : readUsd(maxCostUsd)
    this.#onCost = onCost
  }

  /** Whether something is such a handler, also one of another copy of this package. */
  static is(handler: unknown): handler is SpekaCostHandler {
    return typeof handler === 'object' && handler !== null && brand in handler
  }

  /** What all calls cost, in US dollars as an exact decimal string; of those whose cost is unknown, what was set aside. */
  get totalUsd(): string {
    return formatUsd(this.#account.spent)
  }

  /** What may still be spent; `undefined` without a cap. */
  get remainingUsd(): string | undefined {
    return this.#cap === undefined ? undefined : formatUsd(this.#account.leftOf(this.#cap))
  }

  /** What each model cost, by its id. */
  get byModel(): Record<string, string> {
    return Object.fromEntries([...this.#byModel].map(([model, cost]) => [model, formatUsd(cost)]))
  }

  /** How many calls have ended. */
  get calls(): number {
    return this.#calls
  }

  /** How many of them have a cost that nobody knows. */
  get callsOfUnknownCost(): number {
    return this.#unknown
  }

  /** How many of them have a cost that rests on counts of the gateway's own, because the provider told none. */
  get callsOfEstimatedCost(): number {
    return this.#estimated
  }

  /**
   * Sets money aside for a call, beside those under way or not at all.
   *
   * @param mostCost what it costs at the most; `undefined` when its price is not known.
   * @param isLimited whether that is certain, because the caller limits the answer.
   * @throws SpekaSpendCapError when there is not enough left.
   */
  reserve(mostCost: () => PicoUsd | undefined, isLimited: boolean): Reservation {
    const cap = this.#cap
    if (cap === undefined) return this.#uncapped()
    const left = this.#account.leftOf(cap)
    const amount = takenOf({ mostCost, isLimited })(left, true)
    if (amount === undefined) throw this.#refused(cap, left, mostCost)
    return this.#reservation(this.#account.setAside(amount))
  }

  /**
   * Sets money aside for a call as soon as there is enough: calls under way give back what they did not need.
   *
   * @throws SpekaSpendCapError when there is not enough left, and nobody who could give back; the signal's reason.
   */
  async reserveInTurn(call: ReservingCall): Promise<Reservation> {
    const cap = this.#cap
    if (cap === undefined) return this.#uncapped()
    const aside = await this.#account.take(cap, takenOf(call), call.signal)
    if (aside === undefined) throw this.#refused(cap, this.#account.leftOf(cap), () => call.mostCost())
    return this.#reservation(aside)
  }

  /** Why a call was stopped that had begun. */
  stopped(why: string, cause?: unknown): SpekaSpendCapError {
    return new SpekaSpendCapError(why, this.#state(this.#cap ?? zeroUsd), cause)
  }

  /** Counts what came through a Speka gateway by another class, such as `ChatOpenAI`: the gateway tells its cost too. */
  override handleLLMEnd({ generations }: LLMResult): void {
    const metadata = metadataOf(generations[0]?.[0])
    // ChatSpeka has reported already.
    if (metadata === undefined || metadata['model_provider'] === MODEL_PROVIDER) return
    const cost = chargeIn(metadata)
    const model = String(metadata['model_name'] ?? metadata['model'] ?? '')
    if (cost !== undefined) this.#spend(model, cost, usageIn(metadata)?.['estimated'] === true)
  }

  /** LangChain copies handlers in places; the account stays one. */
  override copy(): this {
    return this
  }

  #uncapped(): Reservation {
    return {
      amount: undefined,
      settle: (model, cost, isEstimated) => this.#spend(model, cost, isEstimated),
      release: nothing,
      pause: nothing,
      resume: nothing,
    }
  }

  #reservation(aside: SetAside): Reservation {
    const { amount, release, pause, resume } = aside
    return {
      amount,
      release,
      pause,
      resume,
      settle: (model, cost, isEstimated) => {
        aside.settle(cost)
        this.#count(model, cost, { otherwise: amount, isEstimated })
      },
    }
  }

  #refused(cap: PicoUsd, left: PicoUsd, mostCost: () => PicoUsd | undefined): SpekaSpendCapError {
    const most = left <= 0n ? undefined : mostCost()
    const why =
      most === undefined
        ? 'Nothing is left to spend, so the model was not called.'
        : `The call may cost ${formatUsd(most)} USD, so it was not made.`
    return new SpekaSpendCapError(why, this.#state(cap))
  }

  #state(cap: PicoUsd): SpendState {
    return { cap, spent: this.#account.spent, held: this.#account.held }
  }

  /** A call that nothing was set aside for. */
  #spend(model: string, cost: PicoUsd | undefined, isEstimated: boolean | undefined): void {
    this.#account.spend(cost ?? zeroUsd)
    this.#count(model, cost, { otherwise: zeroUsd, isEstimated })
  }

  #count(
    model: string,
    cost: PicoUsd | undefined,
    { otherwise, isEstimated = false }: { otherwise: PicoUsd; isEstimated: boolean | undefined },
  ): void {
    const counted = cost ?? otherwise
    this.#calls += 1
    if (cost === undefined) this.#unknown += 1
    else if (isEstimated) this.#estimated += 1
    this.#byModel.set(model, picoUsd((this.#byModel.get(model) ?? 0n) + counted))
    this.#onCost?.({ model, cost: cost === undefined ? undefined : formatUsd(cost), isEstimated })
  }
}

/**
 * What a call takes of what is left: one that its caller limits, what it costs at the most; any other, what is expected or its
 * share, if that is more, and all that is left once there will not be more.
 */
function takenOf({ mostCost, isLimited }: Pick<ReservingCall, 'mostCost' | 'isLimited'>): Choose {
  let asked: { readonly most: PicoUsd | undefined } | undefined
  return (left, isAlone) => {
    if (left <= 0n) return undefined
    const { most } = (asked ??= { most: mostCost() })
    const wanted = isLimited || most === undefined ? most : greatest(most, picoUsd(left / SHARE))
    // A call of unknown price takes all there is, and nobody takes that beside it.
    if (wanted === undefined) return isAlone ? left : undefined
    if (wanted <= left) return wanted
    return isAlone && !isLimited ? left : undefined
  }
}

const greatest = (a: PicoUsd, b: PicoUsd): PicoUsd => (a > b ? a : b)

type Metadata = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Metadata => typeof value === 'object' && value !== null

function metadataOf(generation: unknown): Metadata | undefined {
  const message = isRecord(generation) ? generation['message'] : undefined
  const metadata = isRecord(message) ? message['response_metadata'] : undefined
  return isRecord(metadata) ? metadata : undefined
}

function usageIn({ usage }: Metadata): Metadata | undefined {
  return isRecord(usage) ? usage : undefined
}

function chargeIn(metadata: Metadata): PicoUsd | undefined {
  const details = usageIn(metadata)?.['cost_details']
  const total = isRecord(details) ? details['total'] : undefined
  return typeof total === 'string' ? parseUsd(total) : undefined
}
