import type { Bytes } from '../../transport.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { writeChatCall, type ChatCall } from '../../wire/chat-call.ts'
import type { CompletionsRequest } from '../../wire/completions.ts'
import type { ReadingAids } from '../../wire/embeddings-call.ts'
import { errorFrame } from '../../wire/error-body.ts'
import { doneFrame, jsonFrame } from '../../wire/frames.ts'
import { parseWholeBody } from '../../wire/parse-body.ts'
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
  dialectOf(parseWholeBody(body, aids.isUtf8), facts, aids)

/**
 * The same, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link completionsToChat} finds.
 */
export const writeCompletions = (request: CompletionsRequest, facts: CallFacts, aids: ReadingAids = {}): Dialect =>
  dialectOf(request, facts, aids)

function dialectOf(request: unknown, facts: CallFacts, { tokenizer }: ReadingAids): Dialect {
  const call: ChatCall = writeChatCall(completionsToChat(request, tokenizer), { ...facts, surface: 'completions' })
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
