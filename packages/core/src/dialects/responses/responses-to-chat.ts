import type { ChatMessage, ChatRequest } from '../../operations/chat/chat.ts'
import {
  checkKinds,
  checkModel,
  count,
  flag,
  list,
  number,
  object,
  positive,
  sharedFields,
  text,
  textOrObject,
  wrong,
  type FieldKinds,
} from '../../wire/check-field.ts'
import type { ResponsesRequest } from './shapes.ts'
import { always, refuseFields, unless, unsupported, type Refusal } from '../refuse-fields.ts'
import { formatToChat } from './format-to-chat.ts'
import { inputToMessages } from './input-to-messages.ts'
import { toolsToChat } from './tools-to-chat.ts'

const NOTHING_KEPT = 'Answers are not kept here. Send the whole conversation as "input" instead.'
const NO_LOGPROBS = 'Log probabilities are not there in this API. /v1/chat/completions has them.'

const refusals: Readonly<Record<string, Refusal>> = {
  previous_response_id: always(NOTHING_KEPT),
  conversation: always(NOTHING_KEPT),
  background: unless([false], 'Answers are not kept here, so none could be fetched later. Wait for it, or stream it.'),
  prompt: always('Prompt templates are kept by OpenAI. Send their text as "instructions" and "input".'),
  context_management: always('Conversations are not made shorter here. Leave out of "input" what is no longer needed.'),
  truncation: unless(
    ['disabled'],
    'Nothing is cut out of a conversation here. Leave "truncation" out, and of "input" what is no longer needed.',
  ),
  top_logprobs: unless([0], NO_LOGPROBS),
  logprobs: unless([false], NO_LOGPROBS),
  include: (value) =>
    Array.isArray(value) && value.includes('message.output_text.logprobs') ? NO_LOGPROBS : undefined,
  // Chat's names for what this API calls otherwise.
  messages: always('"messages" belongs to /v1/chat/completions. Here the conversation is "input".'),
  max_tokens: always('Here it is called "max_output_tokens".'),
  max_completion_tokens: always('Here it is called "max_output_tokens".'),
  response_format: always('Here it is called "text.format".'),
  verbosity: always('Here it is called "text.verbosity".'),
  reasoning_effort: always('Here it is called "reasoning.effort".'),
  functions: always('Here they are "tools".'),
  function_call: always('Here it is called "tool_choice".'),
  n: unless([1], 'A response has one answer. Send the request again for another.'),
}

const kinds: FieldKinds = {
  ...sharedFields,
  instructions: text,
  max_output_tokens: positive,
  max_tool_calls: count,
  temperature: number,
  top_p: number,
  tools: list,
  tool_choice: textOrObject,
  parallel_tool_calls: flag,
  text: object,
  reasoning: object,
  include: list,
  store: flag,
  stream_options: object,
}

/** Fields that are not chat's, or mean something else there. All others are, and go along as they are. */
const OWN = new Set([
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'store',
  'stream_options',
  ...Object.keys(refusals),
])

/** A request whose own fields are of the right kind; what is inside of them is yet to be seen. */
export function checkResponsesRequest(value: unknown): ResponsesRequest {
  const request = checkModel(value)
  refuseFields(request, refusals)
  checkKinds(request, kinds)
  return request as unknown as ResponsesRequest
}

/**
 * What a responses request asks of chat.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function responsesToChat(request: ResponsesRequest): ChatRequest {
  const { model, instructions, input, max_output_tokens: most, reasoning, stream } = request
  const told: ChatMessage[] = typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []
  const carried = Object.fromEntries(Object.entries(request).filter(([field]) => !OWN.has(field)))
  return {
    ...carried,
    model,
    messages: [...told, ...inputToMessages(input)],
    ...(most != null && { max_completion_tokens: most }),
    ...formatToChat(request.text),
    ...effortOf(reasoning),
    ...toolsToChat(request),
    // So that the last event can tell usage and cost.
    ...(stream === true && { stream_options: { include_usage: true } }),
  }
}

function effortOf(reasoning: ResponsesRequest['reasoning']): { reasoning_effort?: string } {
  const { effort, mode } = reasoning ?? {}
  if (mode != null && mode !== 'standard') {
    throw unsupported(
      'reasoning.mode',
      'How a model reasons cannot be chosen here. Set "reasoning.effort", or take another model.',
    )
  }
  if (effort === undefined || effort === null) return {}
  if (typeof effort !== 'string') throw wrong('reasoning.effort', text)
  return { reasoning_effort: effort }
}
