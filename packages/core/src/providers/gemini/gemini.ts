import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { Provider } from '../provider.ts'
import { answerHead } from '../translated/answer-head.ts'
import { streamAnswer, writeAnswer } from '../translated/write-answer.ts'
import { classifyGeminiReply } from './classify.ts'
import { drawingAt } from './drawing.ts'
import { embeddings } from './embeddings.ts'
import { geminiFamily } from './gemini-family.ts'
import { geminiApi, type GeminiHost } from './gemini-host.ts'
import { countingAt, generateRequest } from './generate-request.ts'
import { readParameters } from './parameters.ts'
import { readResponse } from './read-response.ts'
import { ResponseStreamTranslator } from './response-stream.ts'

const EXTRAS: ChatExtras = { resultParts: true, madePictures: true, thoughts: ['extra_content'] }

/** Gemini's chat at one of its hosts. */
export const geminiAt = (type: string, host: GeminiHost): Provider => ({
  type,
  chat: {
    *answer(call, target) {
      const { body } = yield { send: generateRequest(call, target, host) }
      const made = readResponse(body, call.id)
      return writeAnswer(made, answerHead(call, target, made.id))
    },
    stream(call, target) {
      return {
        request: generateRequest(call, target, host),
        holdsPictures: true,
        translator: new ResponseStreamTranslator(answerHead(call, target), call.id),
        fromAnswer: (body, emit) => {
          const made = readResponse(body, call.id)
          streamAnswer(made, answerHead(call, target, made.id), emit)
        },
      }
    },
    unsupported: ({ outline }, { upstreamModel }) => readParameters(outline, geminiFamily(upstreamModel)).dropped,
  },
  ...drawingAt(host),
  chatExtras: () => EXTRAS,
  counting: countingAt(host),
  classify: classifyGeminiReply,
})

/** Google's Gemini API. */
export const gemini: Provider = { ...geminiAt('gemini', geminiApi), embeddings }
