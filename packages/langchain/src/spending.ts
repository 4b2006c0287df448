import type { CallbackManagerForLLMRun, Callbacks } from '@langchain/core/callbacks/manager'
import { formatUsd, parseUsd, SpekaError, type PicoUsd } from '@speka/core'
import { readUsd, zeroUsd } from '@speka/core/internal'
import { SpekaCostHandler, type Reservation } from './speka-cost-handler.ts'

/** The cost handlers that a call has to report to, each once. */
export function costHandlersIn(
  runManager: CallbackManagerForLLMRun | undefined,
  ...more: readonly (Callbacks | undefined)[]
): SpekaCostHandler[] {
  const all: unknown[] = [...(runManager?.handlers ?? []), ...more.flatMap(handlersIn)]
  return [...new Set(all.filter((handler) => SpekaCostHandler.is(handler)))]
}

function handlersIn(callbacks: Callbacks | undefined): unknown[] {
  if (callbacks === undefined) return []
  return Array.isArray(callbacks) ? callbacks : callbacks.handlers
}

/** What a call is about, as far as money goes. */
export interface SpendingCall {
  readonly model: string
  /** Whether the caller limits the length of the answer. */
  readonly isLimited: boolean
  /** The most the caller wants it to cost, in US dollars. */
  readonly maxCostUsd: number | string | undefined
  /** The most it can cost, as far as can be told before; asked for only when it matters. */
  mostCost(): PicoUsd | undefined
  /** The caller has left: it waits no longer for calls under way. */
  readonly signal?: AbortSignal | undefined
}

/** How a call ended that was answered. */
export interface AnsweredCall {
  /** Which answered. */
  readonly model: string
  /** In US dollars. */
  readonly cost: string | undefined
  readonly isEstimated: boolean
  readonly finishReason: string | undefined
}

interface Reserved {
  readonly handler: SpekaCostHandler
  readonly reservation: Reservation
}

/** The money side of one call: set aside before, settled after, however it ends. */
export class Spending {
  readonly #model: string
  /** Whether the gateway may have to cut the answer short, to stay within what was set aside. */
  readonly #mayBeCut: boolean
  readonly #reservations: readonly Reservation[]
  #over = false
  #tightest: { handler: SpekaCostHandler; amount: PicoUsd } | undefined
  /** The most the call may cost, as the gateway wants it; `undefined`: no limit. */
  readonly maxCostUsd: string | undefined

  private constructor({ model, isLimited }: SpendingCall, own: PicoUsd | undefined, reserved: readonly Reserved[]) {
    this.#model = model
    this.#mayBeCut = !isLimited && own === undefined
    this.#reservations = reserved.map(({ reservation }) => reservation)
    for (const { handler, reservation } of reserved) {
      const { amount } = reservation
      if (amount !== undefined && (this.#tightest === undefined || amount < this.#tightest.amount))
        this.#tightest = { handler, amount }
    }
    const limit = least(own, this.#tightest?.amount)
    this.maxCostUsd = limit === undefined ? undefined : formatUsd(limit)
  }

  /**
   * Sets money aside by each cap, as soon as calls under way have given back enough.
   *
   * @throws SpekaSpendCapError when a cap does not allow the call; the signal's reason.
   */
  static async begin(handlers: readonly SpekaCostHandler[], call: SpendingCall): Promise<Spending> {
    const { maxCostUsd, isLimited, signal } = call
    const own = maxCostUsd === undefined ? undefined : readUsd(maxCostUsd)
    const wanted = { mostCost: () => own ?? call.mostCost(), isLimited: isLimited || own !== undefined, signal }
    const reserved: Reserved[] = []
    try {
      for (const handler of handlers.toSorted((one, other) => one.order - other.order))
        reserved.push({ handler, reservation: await handler.reserveInTurn(wanted) })
    } catch (error) {
      for (const { reservation } of reserved) reservation.release()
      throw error
    }
    return new Spending(call, own, reserved)
  }

  /** The reader of the answer is doing something else; perhaps another call. */
  pause(): void {
    for (const reservation of this.#reservations) reservation.pause()
  }

  /** He has come back for more. */
  resume(): void {
    for (const reservation of this.#reservations) reservation.resume()
  }

  /**
   * The whole answer is there.
   *
   * @throws SpekaSpendCapError when it is whole only because money ran out: half an answer must not look like one.
   */
  answered({ model, cost, isEstimated, finishReason }: AnsweredCall): void {
    this.#settle(model, cost === undefined ? undefined : parseUsd(cost), isEstimated)
    if (finishReason !== 'length' || !this.#mayBeCut || this.#tightest === undefined) return
    const { handler, amount } = this.#tightest
    throw handler.stopped(`The answer was cut off at ${formatUsd(amount)} USD, which was set aside for it.`)
  }

  /** The call failed: what a gateway could not deliver costs nothing. Returns what to throw. Of no effect after another end. */
  failed(error: unknown): unknown {
    if (this.#over) return error
    this.#settle(this.#model, zeroUsd)
    const stopper = this.#tightest?.handler
    if (stopper === undefined || !SpekaError.is(error) || error.code !== 'cost_limit_exceeded') return error
    return stopper.stopped('The call may cost more than is left, so it was not made.', error)
  }

  /** The caller left in the middle of an answer: what it cost by then nobody knows. Of no effect after another end. */
  left(): void {
    this.#settle(this.#model, undefined)
  }

  #settle(model: string, cost: PicoUsd | undefined, isEstimated = false): void {
    if (this.#over) return
    this.#over = true
    for (const reservation of this.#reservations) reservation.settle(model, cost, isEstimated)
  }
}

const least = (a: PicoUsd | undefined, b: PicoUsd | undefined): PicoUsd | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return a < b ? a : b
}
