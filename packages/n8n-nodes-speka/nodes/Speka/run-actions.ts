import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow'
import {
  inOrder,
  maxCostOf,
  openClient,
  RequestFailure,
  RunBudget,
  toNodeError,
  type ErrorPlace,
  type OptionValues,
} from '../shared/index.ts'
import { actions } from './actions/index.ts'
import { DEFAULT_AT_ONCE } from './concurrency-option.ts'
import { reduced } from './tool-output.ts'

/** Carries out what each item asks for, several at once, and gives the answers in the order of the items. */
export async function runActions(n8n: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const count = n8n.getInputData().length
  if (count === 0) return []
  const { concurrency = DEFAULT_AT_ONCE, ...options } = n8n.getNodeParameter('options', 0, {}) as OptionValues & {
    concurrency?: number
  }
  const limit = maxCostOf(options, { node: n8n.getNode(), itemIndex: 0 })
  const budget = limit === undefined ? undefined : new RunBudget(n8n, limit)
  // What is left is known only when the request before has been paid.
  const atOnce = budget === undefined ? Math.max(1, Math.floor(Number(concurrency) || DEFAULT_AT_ONCE)) : 1
  const outputs = await inOrder(count, atOnce, (itemIndex) => runItem(n8n, itemIndex, budget))
  return outputs.flat()
}

async function runItem(
  n8n: IExecuteFunctions,
  itemIndex: number,
  budget: RunBudget | undefined,
): Promise<INodeExecutionData[]> {
  const place: ErrorPlace = { node: n8n.getNode(), itemIndex }
  const pairedItem = { item: itemIndex }
  try {
    const resource = n8n.getNodeParameter('resource', itemIndex) as string
    const operation = n8n.getNodeParameter('operation', itemIndex) as string
    const action = actions[resource]?.[operation]
    if (action === undefined) {
      throw new NodeOperationError(place.node, `There is no operation "${operation}" of "${resource}".`, { itemIndex })
    }
    const context = { n8n, itemIndex, place, client: await openClient(n8n, itemIndex), budget }
    const outputs = [await action.run(context)].flat()
    return outputs.map((output) => ({ ...output, json: reduced(output.json, action, context), pairedItem }))
  } catch (error) {
    const shown = toNodeError(error, place)
    if (!n8n.continueOnFail()) throw shown
    return [{ json: failureJson(error, shown.message), pairedItem }]
  }
}

/**
 * What a workflow that goes on after a failure can look at. Under these two names, since n8n knows an item for a failed one by
 * them, and replaces what it says where an item brings the error itself.
 */
function failureJson(error: unknown, message: string): IDataObject {
  if (!(error instanceof RequestFailure)) return { error: message }
  const { code, status, requestId, attempts } = error
  const details = {
    code,
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    attempts: [...attempts],
  }
  return { error: message, details }
}
