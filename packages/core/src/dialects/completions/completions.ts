import type { Bytes } from '../../transport.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { writeChatCall, type ChatCall } from '../../operations/chat/chat-call.ts'
import type { ChatRequest } from '../../operations/chat/chat.ts'
import type { CompletionsRequest } from './shapes.ts'
import type { ReadingAids } from '../../operations/embeddings/embeddings-call.ts'
import { errorFrame } from '../../wire/error-body.ts'
import { isRecord } from '../../json.ts'
import { doneFrame, jsonFrame } from '../../bytes/frames.ts'
import { scanObject, type ObjectScan } from '../../bytes/scan-object.ts'
import { join, setMember, splice } from '../../bytes/splice.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import { InTokens, spellOut } from '../../wire/in-tokens.ts'
import { parseToRewrite, type BodyAids } from '../../wire/parse-body.ts'
import { writeBody, type WriteJson } from '../../wire/write-body.ts'
import { ChatFrames } from '../chat-frames.ts'
import type { Dialect } from '../dialect.ts'
import { readObject } from '../read-object.ts'
import { completionOf, completionChunkOf } from './completion-of.ts'
import { completionsToChat } from './completions-to-chat.ts'

/**
 * Reads a completions request from the wire.
 *
 * @throws SpekaError `invalid_json`, `duplicate_parameter`, or what {@link completionsToChat} finds.
 */
export const readCompletions = (body: Bytes, facts: CallFacts, aids: ReadingAids = {}): Dialect =>
  spellOut(openCompletions(body, facts, aids), aids.tokenizer)

/**
 * The same, for whoever spells tokens out elsewhere or later.
 *
 * @throws SpekaError as {@link readCompletions} does.
 */
export const openCompletions = (body: Bytes, facts: CallFacts, aids: BodyAids = {}): Dialect | InTokens<Dialect> =>
  opened(parseToRewrite(body, 'prompt', aids), facts, body)

/**
 * The same, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link completionsToChat} finds.
 */
export const writeCompletions = (request: CompletionsRequest, facts: CallFacts, aids: ReadingAids = {}): Dialect =>
  spellOut(written(request, facts), aids.tokenizer)

function written(request: CompletionsRequest, facts: CallFacts): Dialect | InTokens<Dialect> {
  const { body, scan } = writeBody(request)
  return opened({ value: request, scan }, facts, body)
}

/** A request as it was read, and how to write one in its place. */
interface Read {
  readonly value: unknown
  readonly scan: ObjectScan
  readonly write?: WriteJson
}

function opened({ value, scan, write }: Read, facts: CallFacts, body: Bytes): Dialect | InTokens<Dialect> {
  const asked = completionsToChat(value)
  // Tokens are OpenAI's here, and would be others at a server of another vocabulary.
  if (asked instanceof InTokens) return asked.map((chat) => dialectOf(chat, facts, undefined, write))
  return dialectOf(asked, facts, nativeOf(value, asked, { body, scan }), write)
}

/**
 * The request for a target that speaks this API, with its limit in so many words: an upstream's own default may be more than the caller
 * pays for.
 */
function nativeOf(value: unknown, { max_tokens: most }: ChatRequest, sent: Sent): NativeRequest {
  const dialect = 'completions'
  if (isRecord(value) && typeof value['max_tokens'] === 'number') return { dialect, ...sent }
  const limited = join(splice(sent.body, [setMember(sent.scan, 'max_tokens', String(most))]))
  return { dialect, body: limited, scan: scanObject(limited) ?? sent.scan }
}

type Sent = Pick<NativeRequest, 'body' | 'scan'>

function dialectOf(
  request: ChatRequest,
  facts: CallFacts,
  native: NativeRequest | undefined,
  write: WriteJson | undefined,
): Dialect {
  const call: ChatCall = { ...writeChatCall(request, { ...facts, surface: 'completions' }, write), native }
  const told: Bytes[] = []
  const stream = new ChatFrames({
    chunk(chunk) {
      const chunkOfCompletion = completionChunkOf(chunk, call)
      if (chunkOfCompletion !== undefined) told.push(jsonFrame(chunkOfCompletion))
    },
    done: () => told.push(doneFrame),
  })
  return {
    call,
    answer: (completion) => Buffer.from(JSON.stringify(completionOf(readObject(completion), call))),
    frames(chat) {
      stream.push(chat)
      return Buffer.concat(told.splice(0))
    },
    failure: errorFrame,
  }
}
