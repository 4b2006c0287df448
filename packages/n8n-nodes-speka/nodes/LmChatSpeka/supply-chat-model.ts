import { supplyModel } from '@n8n/ai-node-sdk'
import type { ISupplyDataFunctions, SupplyData } from 'n8n-workflow'
import {
  fallbackIdsIn,
  maxCostOf,
  modelIdIn,
  normaliseBaseUrl,
  RunBudget,
  samplingBody,
  sharedBody,
  timeoutMsOf,
  toNodeError,
  type ErrorPlace,
  type OptionValues,
} from '../shared/index.ts'
import { tellCost } from './tell-cost.ts'

/** The gateway's own limit, in ms. Without one, the client that n8n makes gives up after 300 s. */
const DEFAULT_TIMEOUT_MS = 600_000

interface ChatModelOptions extends OptionValues {
  readonly responseFormat?: 'text' | 'json_object'
}

/**
 * The chat model that agents and chains work with: LangChain's own, as n8n makes it, pointed at the gateway, which falls back
 * by itself. See docs/decisions/0200-n8n-chat-model.md.
 *
 * @throws NodeOperationError
 */
export async function supplyChatModel(n8n: ISupplyDataFunctions, itemIndex: number): Promise<SupplyData> {
  const place: ErrorPlace = { node: n8n.getNode(), itemIndex }
  try {
    const { apiKey, baseUrl } = await n8n.getCredentials<{ apiKey?: unknown; baseUrl?: unknown }>('spekaApi', itemIndex)
    const options = n8n.getNodeParameter('options', itemIndex, {}) as ChatModelOptions
    const fallbacks = fallbackIdsIn(n8n.getNodeParameter('fallbackModels', itemIndex, {}))
    const limit = maxCostOf(options, place)
    const timeout = timeoutMsOf(options) ?? DEFAULT_TIMEOUT_MS
    const { maxTokens, ...sampling } = options
    const supplied = supplyModel(n8n, {
      type: 'openai',
      baseUrl: normaliseBaseUrl(baseUrl),
      apiKey: String(apiKey ?? '').trim(),
      model: modelIdIn(n8n.getNodeParameter('model', itemIndex)),
      // The gateway tries again and falls back, once for all; so does whoever asked it, when told to.
      maxRetries: 0,
      timeout,
      defaultHeaders: { 'x-speka-timeout-ms': String(timeout) },
      // LangChain writes this one after the rest, under one of two names.
      ...(maxTokens !== undefined && { maxTokens }),
      // All others by their names on the wire: LangChain keeps some of its own from models it does not know.
      additionalParams: {
        ...samplingBody(sampling),
        ...(options.responseFormat === 'json_object' && { response_format: { type: 'json_object' } }),
        ...(fallbacks.length > 0 && { models: fallbacks }),
        ...sharedBody(options, n8n, place),
      },
    })
    tellCost(supplied.response, limit === undefined ? undefined : new RunBudget(n8n, limit))
    return supplied
  } catch (error) {
    throw toNodeError(error, place)
  }
}
