import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { Provider } from '../provider.ts'
import { readMessageObject } from '../anthropic/read-message.ts'
import { answerHead } from '../translated/answer-head.ts'
import { parseReply } from '../translated/parse-reply.ts'
import { streamAnswer, writeAnswer, type AnswerMade } from '../translated/write-answer.ts'
import type { Bytes } from '../../transport.ts'
import { classifyBedrockReply } from './classify.ts'
import { asMessage, holdsToolUse } from './converse-as-message.ts'
import { takesCachePoints } from './converse-blocks.ts'
import { converseLeavesOut, converseRequest } from './converse-request.ts'
import { converseCutter, ConverseStreamTranslator } from './converse-stream.ts'
import { EVENT_STREAM } from './event-stream.ts'

const read = (body: Bytes, requestId: string): AnswerMade =>
  readMessageObject(asMessage(parseReply(body, holdsToolUse)), requestId)

/** Its results of tools may hold pictures. */
const EXTRAS: ChatExtras = { resultParts: true }
const WITH_CACHE: ChatExtras = { ...EXTRAS, cacheMarks: true }

/** Models of Bedrock's that have no other API that we speak: Nova, Llama, Mistral and whatever a profile stands for. */
export const converse: Provider = {
  type: 'bedrock',
  chat: {
    *answer(call, target) {
      const { body } = yield { send: converseRequest(call, target) }
      return writeAnswer(read(body, call.id), answerHead(call, target))
    },
    stream(call, target) {
      return {
        request: converseRequest(call, target),
        framing: { contentType: EVENT_STREAM, cutter: converseCutter },
        translator: new ConverseStreamTranslator(answerHead(call, target), call.id),
        fromAnswer: (body, emit) => streamAnswer(read(body, call.id), answerHead(call, target), emit),
      }
    },
    unsupported: ({ outline }) => converseLeavesOut(outline),
  },
  chatExtras: (upstreamModel) => (takesCachePoints(upstreamModel) ? WITH_CACHE : EXTRAS),
  classify: classifyBedrockReply,
}
