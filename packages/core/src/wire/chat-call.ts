import { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import type { RequestId } from '../uuid.ts'
import type { ChatRequest } from './chat.ts'
import { checkChatRequest } from './check-chat-request.ts'
import { parseBody, type IsUtf8 } from './parse-body.ts'
import { scanObject, type ObjectScan } from './scan-object.ts'

/**
 * A chat request on its way through the engine: the caller's bytes, which go upstream with as little change as possible,
 * and what the gateway must know of them.
 */
export interface ChatCall extends ChatCallFacts {
  readonly body: Bytes
  /** Where the members of `body` stand. */
  readonly scan: ObjectScan
  /** `body` parsed. Very long strings (prompts, images) stand here only as {@link LONG_STRING_MARK}. */
  readonly outline: ChatRequest
  /** Whether the caller wants server-sent events. */
  readonly stream: boolean
  /** Whether the caller asked for a usage event at the end of the stream. */
  readonly wantsUsage: boolean
}

/** What the gateway knows of a call besides its body. */
export interface ChatCallFacts {
  readonly id: RequestId
  /** When the call arrived, in ms since the epoch. */
  readonly receivedAt: number
  /** How long the caller allows for everything, in ms. Default: the configuration's `total_ms`. */
  readonly timeoutMs?: number | undefined
  /** The gateways this call has passed through, so that a loop is noticed. */
  readonly via?: string | undefined
  /** The virtual key that pays, when there is one. */
  readonly keyId?: string | undefined
  /** Whether only the sandbox may answer: what a test key is limited to. */
  readonly sandboxOnly?: boolean | undefined
  /** Globs of the models the key may use. Default: all. */
  readonly allowedModels?: readonly string[] | undefined
}

/**
 * Reads a request body from the wire.
 *
 * @param isUtf8 a quicker check than the one that needs nothing from Node.
 *
 * @throws SpekaError `invalid_json`, `duplicate_parameter`, or what {@link checkChatRequest} finds.
 */
export function readChatCall(body: Bytes, facts: ChatCallFacts, isUtf8?: IsUtf8): ChatCall {
  const { value, scan } = parseBody(body, isUtf8)
  return callOf(body, scan, checkChatRequest(value), facts)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link checkChatRequest} finds.
 */
export function writeChatCall(request: ChatRequest, facts: ChatCallFacts): ChatCall {
  const outline = checkChatRequest(request)
  const body = Buffer.from(JSON.stringify(request))
  const scan = scanObject(body)
  if (scan === undefined) throw new SpekaError('invalid_json', 'The request is nested deeper than 64 levels.')
  return callOf(body, scan, outline, facts)
}

function callOf(body: Bytes, scan: ObjectScan, outline: ChatRequest, facts: ChatCallFacts): ChatCall {
  return {
    ...facts,
    body,
    scan,
    outline,
    stream: outline.stream === true,
    wantsUsage: outline.stream_options?.include_usage === true,
  }
}
