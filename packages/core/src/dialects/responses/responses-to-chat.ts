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
import { carriedBy, refusalsOf } from '../fate.ts'
import { refuseFields, unsupported } from '../refuse-fields.ts'
import { includeLogprobs, responsesFates } from './fates.ts'
import { formatToChat } from './format-to-chat.ts'
import { inputToMessages } from './input-to-messages.ts'
import { toolsToChat } from './tools-to-chat.ts'

const kinds: FieldKinds = {
  ...sharedFields,
  instructions: text,
  previous_response_id: text,
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

const REFUSED_ALWAYS = refusalsOf(responsesFates, 'always')
const REFUSED_BY_CHAT = { ...refusalsOf(responsesFates, 'all'), include: includeLogprobs }

/** A request whose own fields are of the right kind; what is inside of them is yet to be seen. */
export function checkResponsesRequest(value: unknown): ResponsesRequest {
  const request = checkModel(value)
  refuseFields(request, REFUSED_ALWAYS)
  checkKinds(request, kinds)
  return request as unknown as ResponsesRequest
}

/**
 * What a responses request asks of chat.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function responsesToChat(request: ResponsesRequest): ChatRequest {
  refuseFields(request, REFUSED_BY_CHAT)
  const { model, instructions, input, max_output_tokens: most, reasoning, stream } = request
  const told: ChatMessage[] = typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []
  const carried = carriedBy(responsesFates, request)
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
