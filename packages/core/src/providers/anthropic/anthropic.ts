import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { Provider } from '../provider.ts'
import { answerHead } from '../translated/answer-head.ts'
import { streamAnswer, writeAnswer } from '../translated/write-answer.ts'
import { claudeFamily } from './claude-family.ts'
import { anthropicApi, type ClaudeHost } from './claude-host.ts'
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

/** Claude by its Messages API at one of its hosts. */
export const claudeAt = (type: string, host: ClaudeHost): Provider => ({
  type,
  chat: {
    *answer(call, target) {
      const { body } = yield { send: messagesRequest(call, target, host) }
      const made = readMessage(body, call.id)
      return writeAnswer(made, answerHead(call, target, made.id))
    },
    stream(call, target) {
      return {
        request: messagesRequest(call, target, host),
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
  classify: classifyReply,
})

/** Anthropic's Messages API. */
export const anthropic: Provider = {
  ...claudeAt('anthropic', anthropicApi),
  native: { messages: passThrough(messagesApi) },
}
