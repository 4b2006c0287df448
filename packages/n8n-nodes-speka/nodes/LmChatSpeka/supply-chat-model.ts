import type { supplyModel } from '@n8n/ai-node-sdk'
import { NodeOperationError, type ISupplyDataFunctions, type SupplyData } from 'n8n-workflow'
import {
  addToRunCost,
  fallbackIdsIn,
  isRecord,
  maxCostOf,
  modelIdIn,
  normaliseBaseUrl,
  responseFormatOf,
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
  readonly responseFormat?: string
  readonly jsonSchema?: unknown
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
    const sdk = await loadSdk(place)
    const credential = await n8n.getCredentials<{ apiKey?: unknown; baseUrl?: unknown }>('spekaApi', itemIndex)
    const baseUrl = normaliseBaseUrl(credential.baseUrl)
    const options = n8n.getNodeParameter('options', itemIndex, {}) as ChatModelOptions
    const fallbacks = fallbackIdsIn(n8n.getNodeParameter('fallbackModels', itemIndex, {}))
    const limit = maxCostOf(options, place)
    const timeout = timeoutMsOf(options) ?? DEFAULT_TIMEOUT_MS
    const format = responseFormatOf(options.responseFormat, options.jsonSchema, place)
    const { maxTokens, ...sampling } = options
    const supplied = sdk.supplyModel(n8n, {
      type: 'openai',
      baseUrl,
      apiKey: String(credential.apiKey ?? '').trim(),
      model: modelIdIn(n8n.getNodeParameter('model', itemIndex)),
      // The gateway tries again and falls back, once for all; so does whoever asked it, when told to.
      maxRetries: 0,
      timeout,
      defaultHeaders: { 'x-speka-timeout-ms': String(timeout) },
      // LangChain writes this one after the rest, under one of two names.
      ...(maxTokens !== undefined && { maxTokens }),
      // All others by their names on the wire: LangChain keeps some of its own from models it does not know.
      additionalParams: withPlainFormat({
        ...samplingBody(sampling),
        ...(format !== undefined && { response_format: format }),
        ...(fallbacks.length > 0 && { models: fallbacks }),
        ...sharedBody(options, n8n, place),
      }),
    })
    tellCost(supplied.response, {
      baseUrl,
      place,
      budget: limit === undefined ? undefined : new RunBudget(n8n, limit),
      onCost: (costUsd) => addToRunCost(n8n, costUsd),
    })
    return supplied
  } catch (error) {
    throw toNodeError(error, place)
  }
}

/** Asked for here and not above, so that the other nodes work in an n8n that does not have it. */
async function loadSdk({ node, itemIndex }: ErrorPlace): Promise<{ supplyModel: typeof supplyModel }> {
  try {
    return await import('@n8n/ai-node-sdk')
  } catch (cause) {
    const isMissing = isRecord(cause) && cause['code'] === 'MODULE_NOT_FOUND'
    throw new NodeOperationError(node, cause instanceof Error ? cause : String(cause), {
      itemIndex,
      ...(isMissing && tooOld),
    })
  }
}

const tooOld = {
  message: 'The Speka Chat Model needs n8n 2.16 or later.',
  description:
    'This n8n does not bring what a chat model is made with (@n8n/ai-node-sdk). Update n8n, or point its own OpenAI Chat Model at the gateway. The other nodes of this package work here.',
}

/**
 * The same body, with a JSON schema that looks like one on the wire only. Where the OpenAI client sees one, it checks answers
 * itself: it refuses tools that are not strict, which an agent's are not, and throws on an answer that was cut off.
 */
function withPlainFormat(body: Record<string, unknown>): Record<string, unknown> {
  const format = body['response_format']
  if (!isRecord(format) || format['type'] !== 'json_schema') return body
  return { ...body, response_format: { toJSON: () => format } }
}
