import type { Json } from '../../json.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ProviderOperation, TranslationTarget } from '../provider.ts'
import { answerHead } from '../translated/answer-head.ts'
import { streamAnswer, writeAnswer } from '../translated/write-answer.ts'
import { readResponse } from './read-response.ts'
import { lostAtResponses } from './response-parameters.ts'
import { ResponseStreamTranslator } from './response-stream.ts'
import { responsesRequest } from './responses-request.ts'

/** Chat, asked in the shape of responses, as an upstream takes it. */
export const chatByResponses = (
  requestOf: (call: ChatCall, target: TranslationTarget) => UpstreamRequest,
  lostOf: (request: Json) => readonly string[],
): ProviderOperation<ChatCall> => ({
  *answer(call, target) {
    const { body } = yield { send: requestOf(call, target) }
    const made = readResponse(body, call.id)
    return writeAnswer(made, { ...answerHead(call, target, made.id), serviceTier: made.usage.serviceTier })
  },
  stream(call, target) {
    return {
      request: requestOf(call, target),
      translator: new ResponseStreamTranslator(answerHead(call, target), call.id),
      fromAnswer: (body, emit) => {
        const made = readResponse(body, call.id)
        streamAnswer(made, answerHead(call, target, made.id), emit)
      },
      // Its last event repeats the whole answer, and the tools and instructions of the request.
      holdsPictures: true,
    }
  },
  unsupported: ({ outline }) => lostOf(outline),
})

/** Chat, asked at OpenAI's `/responses`. */
export const chatAtResponses = chatByResponses(responsesRequest, lostAtResponses)
