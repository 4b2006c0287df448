import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { Provider } from '../provider.ts'
import { answerHead } from '../translated/answer-head.ts'
import { streamAnswer, writeAnswer } from '../translated/write-answer.ts'
import { claudeFamily } from './claude-family.ts'
import { passThrough } from '../native/pass-through.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import { messagesApi } from './messages-api.ts'
import { MessageStreamTranslator } from './message-stream.ts'
import { messagesRequest } from './messages-request.ts'
import { readParameters } from './parameters.ts'
import { readMessage } from './read-message.ts'

const EXTRAS: ChatExtras = {
  cacheMarks: true,
  resultParts: true,
  thoughts: ['thinking_blocks'],
  prefill: 'as_it_is',
}

/** Anthropic's Messages API. */
export const anthropic: Provider = {
  type: 'anthropic',
  chat: {
    *answer(call, target) {
      const { body } = yield { send: messagesRequest(call, target) }
      const made = readMessage(body, call.id)
      return writeAnswer(made, answerHead(call, target, made.id))
    },
    stream(call, target) {
      return {
        request: messagesRequest(call, target),
        translator: new MessageStreamTranslator(answerHead(call, target), call.id),
        fromAnswer: (body, emit) => {
          const made = readMessage(body, call.id)
          streamAnswer(made, answerHead(call, target, made.id), emit)
        },
      }
    },
    unsupported: ({ outline }, { upstreamModel }) => readParameters(outline, claudeFamily(upstreamModel)).dropped,
  },
  chatExtras: () => EXTRAS,
  native: { messages: passThrough(messagesApi) },
  classify: classifyReply,
}
