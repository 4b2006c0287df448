import { formatUsd, parseUsd, picoUsd } from '@speka/core'
import type { IWorkflowExecutionCustomData } from 'n8n-workflow'

/** Under this name a Code node finds the sum: `$execution.customData.get('speka_cost_usd')`. */
const RUN_COST = 'speka_cost_usd'

/** What the sum is when it has a cost in it that nobody knows. */
const UNKNOWN = 'unknown'

const DECIMAL = /^\d{1,15}(?:\.\d{1,12})?$/

/** As much of an n8n context as keeps data with the execution; older ones keep none. */
export interface CustomDataContext {
  readonly customData?: Pick<IWorkflowExecutionCustomData, 'get' | 'set'>
}

/**
 * Adds what a call of a sub-node has cost to a sum that is kept with the execution. An agent hands on no more of its model than
 * the text: this is the one way by which the cost reaches the nodes after it.
 *
 * @param costUsd `undefined`: nobody knows
 */
export function addToRunCost({ customData }: CustomDataContext, costUsd: number | undefined): void {
  if (customData === undefined) return
  const before = customData.get(RUN_COST) ?? '0'
  const known = costUsd !== undefined && DECIMAL.test(before)
  const sum = known ? formatUsd(picoUsd(parseUsd(before) + parseUsd(costUsd.toFixed(12)))) : UNKNOWN
  customData.set(RUN_COST, sum)
}
