import { NodeOperationError } from 'n8n-workflow'
import type { ErrorPlace } from './node-error.ts'

/** The gateway keeps this many pairs with a request, and texts of this length. */
const MOST_PAIRS = 16
const LONGEST_NAME = 64
const LONGEST_VALUE = 512

/** As much of an n8n context as tells which workflow runs. */
export interface WorkflowContext {
  getWorkflow(): { id?: string | undefined; name?: string | undefined }
  getExecutionId(): string
}

/** A pair that somebody typed. */
export interface MetadataPair {
  readonly name?: unknown
  readonly value?: unknown
}

/**
 * What the gateway's record of a request says about where it came from, so that the cost of a workflow or of one execution can
 * be summed up there.
 *
 * @param pairs from the node's own parameters; they come on top
 * @throws NodeOperationError when there are too many, or one is too long
 */
export function requestMetadata(
  context: WorkflowContext,
  pairs: readonly MetadataPair[],
  place: ErrorPlace,
): Record<string, string> {
  const { id, name } = context.getWorkflow()
  const known = {
    n8n_workflow_id: id,
    n8n_workflow_name: name?.slice(0, LONGEST_VALUE),
    n8n_execution_id: context.getExecutionId(),
    n8n_node: place.node.name.slice(0, LONGEST_VALUE),
  }
  const metadata: Record<string, string> = {}
  for (const [key, value] of Object.entries(known)) if (value !== undefined && value !== '') metadata[key] = value
  for (const pair of pairs) {
    const key = String(pair.name ?? '').trim()
    const value = String(pair.value ?? '')
    if (key === '') continue
    if (key.length > LONGEST_NAME || value.length > LONGEST_VALUE) {
      throw refusal(place, `Metadata "${key.slice(0, LONGEST_NAME)}" is too long.`)
    }
    metadata[key] = value
  }
  if (Object.keys(metadata).length > MOST_PAIRS) throw refusal(place, 'There is too much metadata.')
  return metadata
}

const refusal = ({ node, itemIndex }: ErrorPlace, message: string): NodeOperationError =>
  new NodeOperationError(node, message, {
    itemIndex,
    description: `A gateway keeps ${MOST_PAIRS} pairs, four of which say where the request comes from, with names of at most ${LONGEST_NAME} and texts of at most ${LONGEST_VALUE} characters.`,
  })
