import { typedFrame } from '../../bytes/frames.ts'
import type { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { errorBody } from '../../wire/error-body.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { Sees, type TranslationTarget } from '../provider.ts'
import {
  NOTHING_SEEN,
  type EventReader,
  type EventSeen,
  type NativeApi,
  type PartRead,
  type WholeAnswer,
} from '../native/native-api.ts'
import { readResponseUsage } from './read-response-usage.ts'
import { OWN_IDS } from '../native/name-edits.ts'
import { failureOf, readEnd } from './response-end.ts'

const headRead: PartRead = { holder: 'response', members: ['id', 'model'] }
const endRead: PartRead = {
  holder: 'response',
  members: ['id', 'model', 'status', 'error', 'incomplete_details', 'output', 'usage', 'service_tier'],
}

/**
 * OpenAI's responses, as they are.
 *
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
export const responsesApi: NativeApi = {
  path: '/responses',
  countingPath: '/responses/input_tokens',
  headers: {},
  words: {
    'response.output_text.delta': ['delta'],
    'response.function_call_arguments.delta': ['delta'],
    'response.reasoning_summary_text.delta': ['delta'],
    'response.reasoning_text.delta': ['delta'],
    'response.refusal.delta': ['delta'],
    'response.custom_tool_call_input.delta': ['delta'],
  },
  repeats: [
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.function_call_arguments.done',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.reasoning_text.done',
    'response.refusal.done',
    'response.custom_tool_call_input.done',
  ],
  silent: ['response.content_part.added', 'response.reasoning_summary_part.added', 'keepalive'],
  begins: ['response.created', 'response.queued', 'response.in_progress'],
  partly: {
    'response.created': headRead,
    'response.queued': headRead,
    'response.in_progress': headRead,
    'response.completed': endRead,
    'response.incomplete': endRead,
  },
  // The last event repeats the whole answer, pictures and encrypted reasoning included.
  holdsPictures: true,
  read: (target) => new ResponseReader(target),
  answer: readResponse,
  writeUsage: ({ inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, reasoningTokens = 0 }) => ({
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }),
}

function readResponse(response: Json): WholeAnswer {
  // A response has an `error` of its own beside its status.
  const error = response['object'] === 'response' ? undefined : errorIn(response)
  if (error !== undefined) throw new BadReplyError(failureOf(error))
  const { id, output } = response
  const items = Array.isArray(output) ? output.filter(isRecord) : []
  const words = items.map(wordsOf)
  const end = readEnd(response, { words: words.some((said) => said !== undefined), calls: items.some(isCall) })
  if ('failure' in end) throw new BadReplyError(end.failure)
  if (!Array.isArray(output)) throw new BadReplyError(badReply('sent an answer without output'))
  const { finishReason } = end
  return { id: typeof id === 'string' ? id : undefined, finishReason, usage: readResponseUsage(response), words }
}

/** What an item says; `undefined`: nothing. */
function wordsOf({ type, content, summary, ...item }: Json): unknown {
  switch (type) {
    case 'message':
      return Array.isArray(content) && content.length > 0 ? content : undefined
    case 'reasoning':
      return Array.isArray(summary) && summary.length > 0 ? summary : undefined
    case 'function_call':
      return item['arguments']
    default:
      return ''
  }
}

/** Items that the caller is to do something about. */
const CALLS: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call', 'computer_call', 'local_shell_call'])

const isCall = ({ type }: Json): boolean => CALLS.has(type)

/** Events without anything that the caller would miss: they announce. */
const ANNOUNCES: ReadonlySet<unknown> = new Set([
  'response.content_part.added',
  'response.reasoning_summary_part.added',
  'keepalive',
])
/** Items that begin with nothing in them. */
const QUIET_ITEMS: ReadonlySet<unknown> = new Set(['message', 'reasoning'])

const isQuiet = (item: unknown): boolean => isRecord(item) && QUIET_ITEMS.has(item['type'])

const RESPONSE = ['response'] as const

class ResponseReader implements EventReader {
  readonly #target: TranslationTarget
  #said = false

  constructor(target: TranslationTarget) {
    this.#target = target
  }

  event(event: Json): EventSeen {
    const { type, delta, response, item } = event
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return { ...NOTHING_SEEN, head: RESPONSE, facts: idOf(response) }
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(isRecord(response) ? response : {})
      case 'response.failed':
        return failed(isRecord(response) && isRecord(response['error']) ? response['error'] : {})
      case 'error':
        return failed(isRecord(event['error']) ? event['error'] : event)
      case 'response.output_item.added':
        return isQuiet(item) ? NOTHING_SEEN : this.#output()
      case 'response.output_item.done':
        // What was told in pieces is told once more, whole.
        return this.#said || (isRecord(item) && item['type'] === 'reasoning') ? NOTHING_SEEN : this.#output(item)
      case undefined: {
        // None of this API's: it may be the error of a gateway on the way, in the shape that chat has for it.
        const error = errorIn(event)
        return error === undefined ? NOTHING_SEEN : failed(error)
      }
    }
    if (ANNOUNCES.has(type) || delta === '' || (this.#said && String(type).endsWith('.done'))) return NOTHING_SEEN
    return this.#output(delta)
  }

  #output(words?: unknown): EventSeen {
    this.#said = true
    return { sees: Sees.Output, words }
  }

  #finish(response: Json): EventSeen {
    const { output } = response
    const calls = Array.isArray(output) && output.filter(isRecord).some(isCall)
    const end = readEnd(response, { words: this.#said, calls })
    const usage = readResponseUsage(response)
    if ('failure' in end) return { sees: Sees.Failure, facts: { failure: end.failure, usage } }
    const facts = { ...idOf(response), finishReason: end.finishReason, usage }
    return { sees: Sees.Finish | Sees.Usage, facts, head: RESPONSE, counted: RESPONSE, isLast: true }
  }

  owed(): readonly Bytes[] {
    return []
  }

  broken(error: SpekaError, _requestId: string, last: Json | undefined, head: Json | undefined): Bytes {
    const { code, message, param = null } = error
    const number = last?.['sequence_number']
    const next = typeof number === 'number' ? number + 1 : 0
    // OpenAI has few codes in this place, and none for most of ours.
    const known = code === 'rate_limit_exceeded' ? code : 'server_error'
    const begun = isRecord(head?.['response']) ? head['response'] : {}
    const response = {
      ...begun,
      ...sealedIds(begun, this.#target),
      model: this.#target.model,
      status: 'failed',
      error: { code: known, message },
    }
    // Some clients heed one of the two events, some the other.
    return Buffer.concat([
      typedFrame({ type: 'error', code, message, param, ...errorBody(error), sequence_number: next }),
      typedFrame({ type: 'response.failed', response, sequence_number: next + 1 }),
    ])
  }
}

/** The ids by which OpenAI keeps responses leave sealed here too. */
function sealedIds(response: Json, { seal }: TranslationTarget): Json {
  if (seal === undefined) return {}
  const kept = OWN_IDS.flatMap((field) => (typeof response[field] === 'string' ? [[field, seal(response[field])]] : []))
  return Object.fromEntries(kept)
}

const idOf = (response: unknown): { id?: string } =>
  isRecord(response) && typeof response['id'] === 'string' ? { id: response['id'] } : {}

const failed = (error: Json): EventSeen => ({ sees: Sees.Failure, facts: { failure: failureOf(error) } })
