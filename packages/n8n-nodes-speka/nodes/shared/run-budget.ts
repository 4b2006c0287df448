import { formatUsd, parseUsd } from '@speka/core'
import { SpendAccount, zeroUsd } from '@speka/core/internal'
import type { INode } from 'n8n-workflow'
import { RequestFailure } from './request-failure.ts'

/** As much of an n8n context as tells one execution, and one node in it, from others, and when it is stopped. */
export interface ExecutionContext {
  getExecutionId(): string | undefined
  getNode(): Pick<INode, 'id'>
  getExecutionCancelSignal(): AbortSignal | undefined
}

/** The money set aside for one request. It ends once, by one of its methods; whatever comes after is of no effect. */
export interface Allowance {
  /** The most the request may cost, as the gateway takes it: a decimal string of dollars. */
  readonly limitUsd: string
  /**
   * The request was answered.
   *
   * @param costUsd `undefined`, when nobody knows, is all that was set aside
   */
  settle(costUsd: number | undefined): void
  /** It was not. Returns what to throw: where the limit is why, the failure says how the limit stands. */
  failed(error: unknown): unknown
}

/** What a node has spent in an execution so far. */
interface Spending {
  readonly account: SpendAccount
  /** Resolves when whoever came last has settled. */
  turn: Promise<unknown>
}

/**
 * By execution and node. n8n runs a node several times in one execution (in a loop; an agent anew after each round of tools) and
 * tells nobody when the execution ends, so the ones used longest ago make room.
 */
const spendings = new Map<string, Spending>()
const MOST_SPENDINGS = 1000

/**
 * What one execution may spend in one node, over all its requests. All that is left is set aside for each, since nobody knows
 * before what it will cost: requests made at once take turns. See docs/decisions/0202-turns-within-a-limit.md.
 */
export class RunBudget {
  readonly #limit
  readonly #spending: Spending
  readonly #signal: AbortSignal | undefined

  /** @param limitUsd in dollars; smaller parts than a millionth do not count */
  constructor(context: ExecutionContext, limitUsd: number) {
    this.#limit = parseUsd(limitUsd.toFixed(6))
    this.#spending = spendingOf(context)
    this.#signal = context.getExecutionCancelSignal()
  }

  /**
   * Waits until the requests before have been paid, and sets aside what is left: perhaps nothing, which buys what is free.
   *
   * @throws the reason of the execution's signal when that is stopped
   */
  async take(): Promise<Allowance> {
    const { account, turn } = this.#spending
    const own = promised()
    this.#spending.turn = Promise.all([turn, own.promise])
    let isMine = false
    try {
      await until(turn, this.#signal)
      isMine = true
    } finally {
      if (!isMine) own.keep()
    }
    const left = account.leftOf(this.#limit)
    const aside = account.setAside(left > 0n ? left : zeroUsd)
    const settle = (costUsd: number | undefined): void => {
      aside.settle(costUsd === undefined ? undefined : parseUsd(costUsd.toFixed(12)))
      own.keep()
    }
    return {
      limitUsd: formatUsd(aside.amount),
      settle,
      failed: (error) => {
        // What could not be delivered costs nothing, as far as the gateway had a say in it.
        settle(error instanceof RequestFailure && error.mayHaveCost ? undefined : 0)
        return error instanceof RequestFailure && error.code === 'cost_limit_exceeded'
          ? error.after(this.#state)
          : error
      },
    }
  }

  get #state(): string {
    return `"Max Cost per Run (USD)" is ${formatUsd(this.#limit)}, of which ${formatUsd(this.#spending.account.spent)} is spent.`
  }
}

/** A promise to be kept later: what n8n runs on may be too old for `Promise.withResolvers`. */
function promised(): { promise: Promise<void>; keep(): void } {
  let resolver: (() => void) | undefined
  const promise = new Promise<void>((resolve) => {
    resolver = resolve
  })
  return { promise, keep: () => resolver?.() }
}

/** Waits for a turn, or for the end of the execution. */
function until(turn: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return turn
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave, { once: true })
    void turn.then(() => {
      signal.removeEventListener('abort', leave)
      resolve(undefined)
    })
  })
}

function spendingOf(context: ExecutionContext): Spending {
  const fresh = { account: new SpendAccount(), turn: Promise.resolve() }
  const execution = context.getExecutionId()
  if (execution === undefined || execution === '') return fresh
  const key = `${execution}/${context.getNode().id}`
  const spending = spendings.get(key) ?? fresh
  spendings.delete(key)
  spendings.set(key, spending)
  for (const oldest of spendings.keys()) {
    if (spendings.size <= MOST_SPENDINGS) break
    spendings.delete(oldest)
  }
  return spending
}
