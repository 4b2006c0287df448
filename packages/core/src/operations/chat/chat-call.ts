import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import type { ChatRequest } from './chat.ts'
import { checkChatRequest } from './check-chat-request.ts'
import { checkToolSize } from '../../wire/body-limits.ts'
import { parseBody, READ_AT_ONCE_BYTES, type BodyAids } from '../../wire/parse-body.ts'
import type { ObjectScan } from '../../bytes/scan-object.ts'
import { writeBody, type WriteJson } from '../../wire/write-body.ts'
import type { ChatExtras } from './chat-extras.ts'
import type { NativeRequest } from './native-request.ts'

/** A chat request on its way through the engine. */
export interface ChatCall extends CallBody<ChatRequest> {
  readonly endpoint: 'chat'
  /** What the caller sent, when it speaks another dialect: the body is then a translation. */
  readonly native?: NativeRequest | undefined
  /** What the caller sent and chat has no word for, by name: not in the body. Default: nothing. */
  readonly leftOut?: readonly string[] | undefined
  /** The same call as a target takes it that takes more of it than all do. Default: all targets take the same. */
  readonly fitted?: ((call: ChatCall, extras: ChatExtras) => ChatCall) | undefined
}

/**
 * Reads a request body from the wire.
 *
 * @throws SpekaError what {@link parseBody} finds, or what {@link checkChatRequest} finds.
 */
export function readChatCall(body: Bytes, facts: CallFacts, aids?: BodyAids): ChatCall {
  const { value, scan } = parseBody(body, aids)
  return callOf(body, scan, checkChatRequest(value), facts)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @param write how to write its JSON, where something has to be put back in.
 *
 * @throws SpekaError what {@link checkChatRequest} finds.
 */
export function writeChatCall(request: ChatRequest, facts: CallFacts, write?: WriteJson): ChatCall {
  const outline = checkChatRequest(request)
  const { body, scan } = writeBody(request, write)
  return callOf(body, scan, outline, facts)
}

/**
 * A call that chat has no words for: it stands for what a target is asked that speaks the caller's own dialect. What it may
 * cost is told by the caller's bytes.
 */
export function carryCall(request: CarriedRequest, native: NativeRequest, facts: CallFacts): ChatCall {
  const outline: ChatRequest = { ...request, messages: [] }
  const { body, scan } = native
  return { ...facts, endpoint: 'chat', body, scan, outline, stream: request.stream === true, wantsUsage: true, native }
}

type CarriedRequest = Pick<ChatRequest, 'model' | 'stream' | 'max_completion_tokens'> &
  Readonly<Record<string, unknown>>

function callOf(body: Bytes, scan: ObjectScan, outline: ChatRequest, facts: CallFacts): ChatCall {
  if (body.length > READ_AT_ONCE_BYTES) checkToolSize(outline.tools)
  return {
    ...facts,
    endpoint: 'chat',
    body,
    scan,
    outline,
    stream: outline.stream === true,
    wantsUsage: outline.stream_options?.include_usage === true,
  }
}
