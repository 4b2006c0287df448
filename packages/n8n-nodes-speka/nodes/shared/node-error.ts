import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow'
import { BadBaseUrl } from './base-url.ts'
import { RequestFailure } from './request-failure.ts'

/** What can be done about a failure, by the gateway's code. */
const advice: Readonly<Record<string, string>> = {
  invalid_api_key:
    'Check the API key in the "Speka API" credential. <code>speka keys list</code> shows which keys are valid.',
  insufficient_quota:
    'The key has used up its money. Raise its limit, or wait until it resets: "Usage → Get Key" shows both.',
  cost_limit_exceeded: 'Raise "Max Cost per Run", lower "Max Tokens", or choose a cheaper model.',
  model_not_allowed: 'This key may not use the model. Choose another, or let the key use it.',
  model_not_found: 'Choose the model "From List": it shows what the gateway can call now.',
  wrong_endpoint: 'The model does something else. Choose one "From List": it shows those that fit.',
  context_length_exceeded: 'Send less, or add a fallback model with a larger context window.',
  content_policy_violation:
    'The provider declined the content. Add a fallback model of another provider, or change the text.',
  rate_limit_exceeded:
    'Add fallback models, lower "Items at Once", or switch on "Retry On Fail" in the settings of the node.',
  no_healthy_target: 'Add fallback models, or see why the provider fails: <code>speka doctor</code> tells.',
  upstream_incomplete:
    'The provider broke off in the middle of its answer. Switch on "Retry On Fail" in the settings of the node, or choose another model.',
  upstream_timeout: 'Raise "Timeout", or add fallback models.',
  unknown_url: 'Check the Base URL in the "Speka API" credential: it should end in /v1.',
  not_a_gateway: 'Check the Base URL in the "Speka API" credential: it should be a gateway, and end in /v1.',
  gateway_unreachable:
    'Is the gateway running, and does the Base URL in the "Speka API" credential point to it? From inside a container, 127.0.0.1 is the container itself: the machine around it is <code>host.docker.internal</code>.',
  generation_not_found: 'Use the "requestId" of an answer to this same key.',
}

/** What can be done about it; nothing, when there is no advice. */
export const adviceOn = (code: string): string => advice[code] ?? ''

/** A request that went out and was not answered has no status either. */
const unanswered: readonly string[] = ['gateway_unreachable', 'upstream_timeout']

/** Where a failure happened. */
export interface ErrorPlace {
  readonly node: INode
  readonly itemIndex: number
}

/** Any failure of ours as one that n8n shows well: what happened, what to do, which item. n8n's own errors pass as they are. */
export function toNodeError(error: unknown, { node, itemIndex }: ErrorPlace): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) {
    error.context['itemIndex'] ??= itemIndex
    return error
  }
  if (error instanceof BadBaseUrl) {
    return new NodeOperationError(node, error.message, {
      itemIndex,
      description: 'It is the address of a gateway, such as <code>http://127.0.0.1:7735/v1</code>.',
    })
  }
  if (!(error instanceof RequestFailure)) {
    return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex })
  }
  const description = describe(error)
  // A matter of the node's parameters: n8n would call the limit's status, 402, an unpaid bill.
  if (error.code === 'cost_limit_exceeded' || (error.status === undefined && !unanswered.includes(error.code))) {
    return new NodeOperationError(node, error.message, { itemIndex, description })
  }
  const facts: JsonObject = { message: error.message, code: error.code }
  return new NodeApiError(node, facts, {
    itemIndex,
    message: error.message,
    description,
    ...(error.status !== undefined && { httpCode: String(error.status) }),
  })
}

function describe({ code, param, attempts, requestId }: RequestFailure): string {
  const tried = attempts.map(({ model, provider, outcome, status }) => {
    const how = status === undefined ? outcome : `${outcome}, status ${status}`
    return `${model} at ${provider} (${how})`
  })
  return [
    adviceOn(code),
    param === undefined ? '' : `The field at fault is "${param}".`,
    tried.length === 0 ? '' : `Tried: ${tried.join('; ')}.`,
    `Code: ${code}.`,
    requestId === undefined ? '' : `Request: ${requestId}.`,
  ]
    .filter((line) => line !== '')
    .join(' ')
}
