import { formatUsd, parseUsd } from '@speka/core'
import { SpendAccount, zeroUsd, type Choose } from '@speka/core/internal'
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

/**
 * By execution and node. n8n runs a node several times in one execution (in a loop; an agent anew after each round of tools) and
 * tells nobody when the execution ends, so the ones used longest ago make room.
 */
const accounts = new Map<string, SpendAccount>()
const MOST_ACCOUNTS = 1000

/** All that is left, perhaps nothing, which buys what is free; and nobody beside the one who has it. */
const allOfIt: Choose = (left, isAlone) => (isAlone ? (left > 0n ? left : zeroUsd) : undefined)

/**
 * What one execution may spend in one node, over all its requests. All that is left is set aside for each, since nobody knows
 * before what it will cost: requests made at once take turns. See docs/decisions/0202-turns-within-a-limit.md.
 */
export class RunBudget {
  readonly #limit
  readonly #account: SpendAccount
  readonly #signal: AbortSignal | undefined

  /** @param limitUsd in dollars; smaller parts than a millionth do not count */
  constructor(context: ExecutionContext, limitUsd: number) {
    this.#limit = parseUsd(limitUsd.toFixed(6))
    this.#account = accountOf(context)
    this.#signal = context.getExecutionCancelSignal()
  }

  /**
   * Waits until the requests before have been paid, and sets aside what is left.
   *
   * @throws the reason of the execution's signal when that is stopped
   */
  async take(): Promise<Allowance> {
    const aside = (await this.#account.take(this.#limit, allOfIt, this.#signal)) ?? this.#account.setAside(zeroUsd)
    const settle = (costUsd: number | undefined): void =>
      aside.settle(costUsd === undefined ? undefined : parseUsd(costUsd.toFixed(12)))
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
    return `"Max Cost per Run (USD)" is ${formatUsd(this.#limit)}, of which ${formatUsd(this.#account.spent)} is spent.`
  }
}

function accountOf(context: ExecutionContext): SpendAccount {
  const fresh = new SpendAccount()
  const execution = context.getExecutionId()
  if (execution === undefined || execution === '') return fresh
  const key = `${execution}/${context.getNode().id}`
  const account = accounts.get(key) ?? fresh
  accounts.delete(key)
  accounts.set(key, account)
  for (const oldest of accounts.keys()) {
    if (accounts.size <= MOST_ACCOUNTS) break
    accounts.delete(oldest)
  }
  return account
}
