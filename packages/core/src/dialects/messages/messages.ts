import { typedFrame } from '../../bytes/frames.ts'
import type { Bytes, Headers } from '../../transport.ts'
import { anthropicErrorBody } from '../../wire/anthropic-error.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import { likelyInputTokens } from '../../operations/estimate-input.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { keepingData } from '../../wire/keep-strings.ts'
import { parseToRewrite, type BodyAids } from '../../wire/parse-body.ts'
import type { Dialect } from '../dialect.ts'
import { readObject } from '../read-object.ts'
import type { MessageHead } from './message-head.ts'
import { MessageStream } from './message-stream.ts'
import { messagesCall } from './messages-call.ts'
import { checkMessagesRequest } from './messages-to-chat.ts'
import { namesIn } from './names-in.ts'
import { wholeMessage } from './whole-message.ts'

/** What reading a messages request takes besides its body. */
export interface MessagesAids extends BodyAids {
  /** `anthropic-version` and `anthropic-beta`, as the caller sent them. */
  readonly headers?: Headers | undefined
}

/**
 * Reads a request of Anthropic's Messages API from the wire. A target that speaks it gets it byte for byte, but for what the
 * configuration changes and for thoughts of other models; any other gets it as chat.
 *
 * @throws SpekaError what {@link parseToRewrite} finds, or what {@link messagesToChat} finds.
 */
export function readMessages(body: Bytes, facts: CallFacts, aids: MessagesAids = {}): Dialect {
  const { headers, messages: config = {}, ...reading } = aids
  const { value, scan, write } = parseToRewrite(body, 'messages', reading, keepingData)
  const request = checkMessagesRequest(value)
  const names = namesIn(request)
  const manner = { names, extras: {}, config }
  const call = messagesCall(request, { ...facts, surface: 'messages' }, manner, { body, scan, headers }, write)
  const { model, stop_sequences: stops } = request
  const texts = Array.isArray(stops) ? (stops as string[]) : []
  const head = { id: `msg_${call.id}`, model, stops: texts, promptTokens: likelyInputTokens(call), names }
  return { call, ...answeringAs(head, call.id) }
}

/**
 * Reads a request that asks for its tokens alone, which has no `max_tokens`, for whoever would answer it. Its call is not to be
 * started.
 *
 * @throws SpekaError as {@link readMessages} does.
 */
export function readMessagesToCount(body: Bytes, facts: CallFacts, aids: MessagesAids = {}): ChatCall {
  const { headers, messages: config = {}, ...reading } = aids
  const { value, scan, write } = parseToRewrite(body, 'messages', reading, keepingData)
  const request = checkMessagesRequest({ max_tokens: 1, ...value, stream: false })
  const manner = { names: namesIn(request), extras: {}, config }
  return messagesCall(request, { ...facts, surface: 'messages' }, manner, { body, scan, headers }, write)
}

/** How chat's answers are told: nothing of the request is kept for it but what `head` has. */
function answeringAs(head: MessageHead, requestId: string): Omit<Dialect, 'call'> {
  let stream: MessageStream | undefined
  return {
    answer: (completion) => Buffer.from(JSON.stringify(wholeMessage(readObject(completion), head))),
    frames: (chat) => (stream ??= new MessageStream(head)).push(chat),
    failure: (error) => typedFrame(anthropicErrorBody(error, requestId)),
  }
}
