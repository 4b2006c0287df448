import { NodeOperationError } from 'n8n-workflow'
import type { ErrorPlace } from './node-error.ts'
import { isRecord, readJsonObject } from './read-json.ts'
import { requestMetadata, type MetadataPair, type WorkflowContext } from './request-metadata.ts'

/** The values of the options in nodes/shared/fields/request-options.ts, as n8n hands them over. */
export interface OptionValues {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly reasoningEffort?: string
  readonly timeout?: number
  readonly maxCostUsd?: number | string
  readonly sessionId?: string
  readonly metadata?: { readonly pairs?: readonly MetadataPair[] }
  readonly extraBody?: unknown
}

/**
 * The fields of the request's body that every endpoint has.
 *
 * @throws NodeOperationError
 */
export function sharedBody(
  { sessionId, metadata, extraBody }: OptionValues,
  context: WorkflowContext,
  place: ErrorPlace,
): Record<string, unknown> {
  const extra = readJsonObject(extraBody, 'Extra Body', place) ?? {}
  return {
    ...(sessionId !== undefined && sessionId !== '' && { session_id: sessionId }),
    ...extra,
    metadata: {
      ...requestMetadata(context, metadata?.pairs ?? [], place),
      ...(isRecord(extra['metadata']) && extra['metadata']),
    },
  }
}

/** The fields that shape a text. */
export function samplingBody({
  maxTokens,
  temperature,
  topP,
  frequencyPenalty,
  presencePenalty,
  reasoningEffort,
}: OptionValues): Record<string, unknown> {
  const given = {
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    reasoning_effort: reasoningEffort,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''))
}

/** In ms; `undefined`: nobody said. */
export const timeoutMsOf = ({ timeout }: OptionValues): number | undefined =>
  typeof timeout === 'number' && timeout > 0 ? Math.round(timeout * 1000) : undefined

/**
 * The limit of cost in dollars; `undefined` when there is none.
 *
 * @throws NodeOperationError when it is not a number of dollars
 */
export function maxCostOf({ maxCostUsd }: OptionValues, { node, itemIndex }: ErrorPlace): number | undefined {
  if (maxCostUsd === undefined) return undefined
  // An expression may give the number as a text.
  const usd = typeof maxCostUsd === 'string' && maxCostUsd.trim() !== '' ? Number(maxCostUsd) : maxCostUsd
  if (typeof usd === 'number' && Number.isFinite(usd) && usd >= 0) return usd
  throw new NodeOperationError(node, '"Max Cost per Run (USD)" must be a number of dollars.', {
    itemIndex,
    description: 'For example 0.05. Remove the option for no limit.',
  })
}
