import type { Bytes } from '../../transport.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { writeChatCall, type ChatCall } from '../../operations/chat/chat-call.ts'
import type { ChatRequest } from '../../operations/chat/chat.ts'
import type { CompletionsRequest } from './shapes.ts'
import type { ReadingAids } from '../../operations/embeddings/embeddings-call.ts'
import { errorFrame } from '../../wire/error-body.ts'
import { doneFrame, jsonFrame } from '../../bytes/frames.ts'
import { InTokens, spellOut } from '../../wire/in-tokens.ts'
import { parseToRewrite, type BodyAids } from '../../wire/parse-body.ts'
import type { WriteJson } from '../../wire/write-body.ts'
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
  opened(parseToRewrite(body, 'prompt', aids), facts)

/**
 * The same, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link completionsToChat} finds.
 */
export const writeCompletions = (request: CompletionsRequest, facts: CallFacts, aids: ReadingAids = {}): Dialect =>
  spellOut(opened({ value: request }, facts), aids.tokenizer)

function opened(
  { value, write }: { value: unknown; write?: WriteJson },
  facts: CallFacts,
): Dialect | InTokens<Dialect> {
  const asked = completionsToChat(value)
  const speak = (chat: ChatRequest): Dialect => dialectOf(chat, facts, write)
  return asked instanceof InTokens ? asked.map(speak) : speak(asked)
}

function dialectOf(request: ChatRequest, facts: CallFacts, write: WriteJson | undefined): Dialect {
  const call: ChatCall = writeChatCall(request, { ...facts, surface: 'completions' }, write)
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
