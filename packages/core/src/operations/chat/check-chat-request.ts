import { SpekaError } from '../../errors.ts'
import { isRecord } from '../../json.ts'
import { MOST_MESSAGES, MOST_STOPS, MOST_TOOLS, tooManyMessages, tooManyTools } from '../../wire/body-limits.ts'
import type { ChatRequest } from './chat.ts'
import {
  checkKinds,
  checkModel,
  choices,
  count,
  flag,
  list,
  missing,
  number,
  object,
  sharedFields,
  text,
  textOrList,
  textOrObject,
  wholeNumber,
  wrong,
  type FieldKinds,
  type Kind,
} from '../../wire/check-field.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'

const stops: Kind = {
  article: `a string or an array of at most ${MOST_STOPS}`,
  is: (value) => textOrList.is(value) && !(Array.isArray(value) && value.length > MOST_STOPS),
}

/** The optional fields whose type the gateway insists on. `null` stands for absent; fields not named here pass through. */
const optional: FieldKinds = {
  ...sharedFields,
  stream_options: object,
  max_tokens: count,
  max_completion_tokens: count,
  n: choices,
  temperature: number,
  top_p: number,
  frequency_penalty: number,
  presence_penalty: number,
  seed: wholeNumber,
  top_logprobs: count,
  logprobs: flag,
  logit_bias: object,
  stop: stops,
  tools: list,
  tool_choice: textOrObject,
  parallel_tool_calls: flag,
  response_format: object,
  reasoning_effort: text,
}

/**
 * Checks the fields of a chat request that the gateway itself relies on. Everything else is the upstream's to judge.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkChatRequest(value: unknown): ChatRequest {
  const request = checkModel(value)
  checkMessages(request['messages'])
  checkKinds(request, optional)
  const { tools } = request
  if (Array.isArray(tools) && tools.length > MOST_TOOLS) throw tooManyTools(tools.length)
  if (request['provider'] != null) checkPreferences(request['provider'])
  return request as unknown as ChatRequest
}

function checkMessages(messages: unknown): void {
  if (messages === undefined || messages === null)
    throw missing('messages', 'the conversation so far, an array of messages')
  if (!Array.isArray(messages)) throw wrong('messages', list)
  if (messages.length > MOST_MESSAGES) throw tooManyMessages(messages.length, 'messages')
  if (messages.length === 0) {
    throw new SpekaError('invalid_value', '"messages" is empty. Send at least one message.', { param: 'messages' })
  }
  for (let index = 0; index < messages.length; index += 1) {
    const message: unknown = messages[index]
    if (!isRecord(message)) throw wrong(`messages[${index}]`, object)
    if (!text.is(message['role']))
      throw missing(`messages[${index}].role`, 'one of system, developer, user, assistant and tool')
    const content = message['content']
    if (content !== undefined && content !== null && !textOrList.is(content))
      throw wrong(`messages[${index}].content`, textOrList)
  }
}
