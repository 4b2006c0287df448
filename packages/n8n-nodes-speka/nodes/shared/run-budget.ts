import { formatUsd, parseUsd, zeroUsd, type PicoUsd } from '@speka/core'
import type { INode } from 'n8n-workflow'

/** As much of an n8n context as tells one execution, and one node in it, from others. */
export interface ExecutionContext {
  getExecutionId(): string | undefined
  getNode(): Pick<INode, 'id'>
}

/** What a node has spent in an execution so far. */
interface Spending {
  usd: PicoUsd
}

/**
 * By execution and node. n8n runs a node several times in one execution (in a loop; an agent anew after each round of tools) and
 * tells nobody when the execution ends, so the ones used longest ago make room.
 */
const spendings = new Map<string, Spending>()
const MOST_SPENDINGS = 1000

/** What one execution may spend in one node, over all its requests. Made for requests that follow one another. */
export class RunBudget {
  readonly #limit: PicoUsd
  readonly #spending: Spending

  /** @param limitUsd in dollars; smaller parts than a millionth do not count */
  constructor(context: ExecutionContext, limitUsd: number) {
    this.#limit = parseUsd(limitUsd.toFixed(6))
    this.#spending = spendingOf(context)
  }

  /** The most that the next request may cost, as the gateway takes it: a decimal string of dollars. */
  get leftUsd(): string {
    return formatUsd(this.#left)
  }

  /**
   * Takes what a request has cost.
   *
   * @param costUsd `undefined`, when the gateway does not know, is all that was left
   */
  spend(costUsd: number | undefined): void {
    const cost = costUsd === undefined ? this.#left : parseUsd(costUsd.toFixed(12))
    this.#spending.usd = (this.#spending.usd + cost) as PicoUsd
  }

  get #left(): PicoUsd {
    const { usd } = this.#spending
    return usd < this.#limit ? ((this.#limit - usd) as PicoUsd) : zeroUsd
  }
}

function spendingOf(context: ExecutionContext): Spending {
  const execution = context.getExecutionId()
  if (execution === undefined || execution === '') return { usd: zeroUsd }
  const key = `${execution}/${context.getNode().id}`
  const spending = spendings.get(key) ?? { usd: zeroUsd }
  spendings.delete(key)
  spendings.set(key, spending)
  for (const oldest of spendings.keys()) {
    if (spendings.size <= MOST_SPENDINGS) break
    spendings.delete(oldest)
  }
  return spending
}
