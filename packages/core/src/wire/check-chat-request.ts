import { SpekaError } from '../errors.ts'
import type { ChatRequest } from './chat.ts'
import { isRecord } from './read-usage.ts'

interface Kind {
  readonly article: string
  readonly is: (value: unknown) => boolean
}

const number: Kind = { article: 'a number', is: (value) => typeof value === 'number' && Number.isFinite(value) }
const count: Kind = {
  article: 'a whole number of at least 0',
  is: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
}
const choices: Kind = {
  article: 'a whole number from 1 to 128',
  is: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 128,
}
const flag: Kind = { article: 'true or false', is: (value) => typeof value === 'boolean' }
const text: Kind = { article: 'a string', is: (value) => typeof value === 'string' }
const object: Kind = { article: 'an object', is: isRecord }
const list: Kind = { article: 'an array', is: Array.isArray }
const names: Kind = {
  article: 'an array of model ids',
  is: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''),
}
const textOrList: Kind = { article: 'a string or an array', is: (value) => text.is(value) || list.is(value) }
const textOrObject: Kind = { article: 'a string or an object', is: (value) => text.is(value) || object.is(value) }

/** The optional fields whose type the gateway insists on. `null` stands for absent; fields not named here pass through. */
const optional: Readonly<Record<string, Kind>> = {
  models: names,
  stream: flag,
  stream_options: object,
  max_tokens: count,
  max_completion_tokens: count,
  n: choices,
  temperature: number,
  top_p: number,
  frequency_penalty: number,
  presence_penalty: number,
  seed: { article: 'a whole number', is: (value) => typeof value === 'number' && Number.isInteger(value) },
  top_logprobs: count,
  logprobs: flag,
  logit_bias: object,
  stop: textOrList,
  tools: list,
  tool_choice: textOrObject,
  parallel_tool_calls: flag,
  response_format: object,
  reasoning_effort: text,
  user: text,
  metadata: object,
}

/** Fields of Speka's own that have a name but no effect yet: refused, never silently ignored. */
const notYet: Readonly<Record<string, string>> = {
  provider:
    'Routing by "provider" is not available yet. Use "models" to name fallbacks, or the gateway\'s configuration.',
}

/**
 * Checks the fields of a chat request that the gateway itself relies on. Everything else is the upstream's to judge.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkChatRequest(value: unknown): ChatRequest {
  if (!isRecord(value)) throw new SpekaError('invalid_json', 'The request must be an object.')
  if (!text.is(value['model']) || value['model'] === '')
    throw missing('model', 'the id of a model, as GET /v1/models lists them')
  checkMessages(value['messages'])
  for (const field in optional) {
    const given = value[field]
    const kind = optional[field]
    if (given !== undefined && given !== null && kind?.is(given) === false) throw wrong(field, kind)
  }
  for (const field in notYet) {
    if (value[field] !== undefined && value[field] !== null) {
      throw new SpekaError('unsupported_parameter', notYet[field] ?? '', { param: field })
    }
  }
  return value as unknown as ChatRequest
}

function checkMessages(messages: unknown): void {
  if (messages === undefined || messages === null)
    throw missing('messages', 'the conversation so far, an array of messages')
  if (!Array.isArray(messages)) throw wrong('messages', list)
  if (messages.length === 0) {
    throw new SpekaError('invalid_value', '"messages" is empty. Send at least one message.', { param: 'messages' })
  }
  for (let index = 0; index < messages.length; index += 1) {
    const message: unknown = messages[index]
    const path = `messages[${index}]`
    if (!isRecord(message)) throw wrong(path, object)
    if (!text.is(message['role'])) throw missing(`${path}.role`, 'one of system, developer, user, assistant and tool')
    const content = message['content']
    if (content !== undefined && content !== null && !textOrList.is(content)) throw wrong(`${path}.content`, textOrList)
  }
}

const missing = (param: string, what: string): SpekaError =>
  new SpekaError('missing_required_parameter', `"${param}" is missing. It is ${what}.`, { param })

const wrong = (param: string, kind: Kind): SpekaError =>
  new SpekaError('invalid_value', `"${param}" must be ${kind.article}.`, { param })
