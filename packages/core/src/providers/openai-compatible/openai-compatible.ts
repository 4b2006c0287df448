import { chatRequest } from './chat-request.ts'
import { readChatAnswer } from './chat-answer.ts'
import { ChatStreamTranslator, streamFromAnswer } from './chat-stream.ts'
import { classifyReply } from './classify.ts'
import { classifyGatewayReply } from './gateway-answer.ts'
import type { Provider } from '../provider.ts'

/** An upstream that speaks OpenAI's chat completions, and passes fields it does not know. */
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
    classify: routesItself ? classifyGatewayReply : classifyReply,
  }
}
