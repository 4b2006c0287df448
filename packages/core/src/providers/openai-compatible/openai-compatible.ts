import { chatRequest } from './chat-request.ts'
import { readChatAnswer } from './chat-answer.ts'
import { ChatStreamTranslator, streamFromAnswer } from './chat-stream.ts'
import { classifyReply } from './classify.ts'
import { readEmbeddingsAnswer } from './embeddings-answer.ts'
import { classifyGatewayReply } from './gateway-answer.ts'
import { readImagesAnswer } from './images-answer.ts'
import { jsonRequest } from './json-request.ts'
import type { Provider } from '../provider.ts'

/** An upstream that speaks OpenAI's API, and passes fields it does not know. */
export function openAICompatible(type: string, options: { routesItself?: boolean } = {}): Provider {
  const routesItself = options.routesItself === true
  return {
    type,
    routesItself,
    chat: {
      *answer(call, target) {
        const reply = yield { send: chatRequest(call, target, routesItself) }
        return readChatAnswer(reply, target, routesItself)
      },
      stream(call, target) {
        return {
          request: chatRequest(call, target, routesItself),
          translator: new ChatStreamTranslator(target, routesItself),
          fromAnswer: (body, emit) => streamFromAnswer(body, target, emit),
        }
      },
    },
    embeddings: {
      *answer(call, target) {
        const reply = yield { send: jsonRequest('/embeddings', call, target, routesItself) }
        return readEmbeddingsAnswer(reply, call, target, routesItself)
      },
    },
    images: {
      *answer(call, target) {
        const reply = yield { send: jsonRequest('/images/generations', call, target, routesItself) }
        return yield* readImagesAnswer(reply, call, routesItself)
      },
    },
    classify: routesItself ? classifyGatewayReply : classifyReply,
  }
}
