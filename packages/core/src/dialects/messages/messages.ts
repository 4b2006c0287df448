import { SpekaError } from '../../errors.ts'
import { typedFrame } from '../../bytes/frames.ts'
import type { Json } from '../../json.ts'
import { carryCall, writeChatCall, type ChatCall } from '../../operations/chat/chat-call.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import type { Bytes, Headers } from '../../transport.ts'
import { anthropicErrorBody } from '../../wire/anthropic-error.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { parseBody, parseWholeBody, type BodyAids } from '../../wire/parse-body.ts'
import { ChatFrames, choicesIn } from '../chat-frames.ts'
import type { Dialect } from '../dialect.ts'
import { readObject } from '../read-object.ts'
import { leftOutOf, goesThrough } from './left-out.ts'
import { MessageWriter } from './message-writer.ts'
import { checkMessagesRequest, messagesToChat } from './messages-to-chat.ts'
import type { MessagesRequest } from './shapes.ts'

/** What reading a messages request takes besides its body. */
export interface MessagesAids extends BodyAids {
  /** `anthropic-version` and `anthropic-beta`, as the caller sent them. */
  readonly headers?: Headers | undefined
}

/**
 * Reads a request of Anthropic's Messages API from the wire. A target that speaks it gets it byte for byte, but for what the
 * configuration changes; any other gets it as chat.
 *
 * @throws SpekaError what {@link parseBody} finds, or what {@link messagesToChat} finds.
 */
export function readMessages(body: Bytes, facts: CallFacts, { headers, ...aids }: MessagesAids = {}): Dialect {
  const { value, scan } = parseBody(body, aids)
  const whole = scan.longStrings.length === 0 ? value : parseWholeBody(body, aids)
  const request = checkMessagesRequest(whole)
  const native = goesThrough(request) ? ({ dialect: 'messages', body, scan, headers } as const) : undefined
  const call = callFor(request, { ...facts, surface: 'messages' }, native)
  const told: Bytes[] = []
  const write = (tell: ConstructorParameters<typeof MessageWriter>[2]): MessageWriter =>
    new MessageWriter(`msg_${call.id}`, request.model, tell)
  const writer = write((event) => told.push(typedFrame(event)))
  let finishReason: unknown
  let usage: unknown
  const stream = new ChatFrames({
    chunk(chunk) {
      writer.begin(chunk)
      const choice = firstChoice(chunk)
      writer.add(choice['delta'])
      finishReason = choice['finish_reason'] ?? finishReason
      usage = chunk['usage'] ?? usage
    },
    // This API has no end mark but its last event.
    done: () => void writer.end(finishReason, usage),
  })
  return {
    call,
    answer(completion) {
      const chat = readObject(completion)
      const choice = firstChoice(chat)
      const made = write(() => {})
      made.begin(chat)
      made.add(choice['message'])
      return Buffer.from(JSON.stringify(made.end(choice['finish_reason'], chat['usage'])))
    },
    frames(chat) {
      stream.push(chat)
      return Buffer.concat(told.splice(0))
    },
    failure: (error) => typedFrame(anthropicErrorBody(error)),
  }
}

function callFor(request: MessagesRequest, facts: CallFacts, native: NativeRequest | undefined): ChatCall {
  try {
    return { ...writeChatCall(messagesToChat(request), facts), native, leftOut: leftOutOf(request) }
  } catch (error) {
    if (native === undefined || !SpekaError.is(error) || error.code !== 'unsupported_parameter') throw error
    return carryCall(request as MessagesRequest & Json, { ...native, untranslatable: error }, facts)
  }
}

/** One answer is all that is asked for. */
const firstChoice = (chat: Json): Json => choicesIn(chat).find(({ index }) => (index ?? 0) === 0) ?? {}
