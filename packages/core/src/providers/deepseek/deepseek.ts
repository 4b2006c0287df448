import { oldLimit, onlyIf } from '../changes/fields.ts'
import { schemaAsJsonObject, schemaInWords } from '../changes/json-mode.ts'
import {
  argumentsGiven,
  developerAsSystem,
  eachMessage,
  reasoningAsContent,
  withoutReasoning,
} from '../changes/messages.ts'
import { isThinking, saysThinking, onlyThinkingSwitch, threeEfforts } from '../changes/thinking.ts'
import { onlyWithTools, toolChoiceBeforeThinking } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** It knows three efforts, and a switch for none. */
const effort: Change = {
  says: '`none` becomes `thinking` off; `minimal` becomes `low`, `medium` `high`, `xhigh` `max`',
  becomes: (value, asked) => {
    if (value === 'none') return saysThinking(asked) ? {} : { thinking: { type: 'disabled' } }
    if (isThinking(asked) === false) return {}
    return { reasoning_effort: threeEfforts[String(value)] ?? value }
  },
}

/** Of a caller's `user`, what may stand in an id of its. */
const userId: Change = {
  ...onlyIf('is sent as `user_id` when it is of letters, digits, `-` and `_`', 'user_id', (value) =>
    /^[\w-]{1,512}$/.test(String(value)),
  ),
}

/** In thinking mode every turn of the assistant must bring its reasoning, if only an empty one. */
const reasoningOnEveryTurn = eachMessage(
  'an assistant message without `reasoning_content` gets an empty one',
  (message) =>
    message['role'] !== 'assistant' || typeof message['reasoning_content'] === 'string'
      ? message
      : { ...message, reasoning_content: '' },
)

/** https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseekRules: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'temperature',
    'top_p',
    'presence_penalty',
    'frequency_penalty',
    'stop',
    'response_format',
    'tools',
    'tool_choice',
    'thinking',
    'reasoning_effort',
    'logprobs',
    'top_logprobs',
    'user_id',
  ]),
  changes: {
    ...oldLimit,
    response_format: schemaAsJsonObject,
    tool_choice: onlyWithTools('tool_choice'),
    thinking: onlyThinkingSwitch,
    reasoning_effort: effort,
    user: userId,
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven, reasoningAsContent, schemaInWords], tools: [noEmptyTools] },
  models: [
    {
      names: ['*-v4*'],
      changes: { tool_choice: toolChoiceBeforeThinking },
      rewrites: { messages: [reasoningOnEveryTurn] },
    },
    { names: ['deepseek-reasoner*', '*-r1*'], rewrites: { messages: [withoutReasoning] } },
  ],
}

export const deepseek = openAICompatible('deepseek', {
  rules: deepseekRules,
  embeddings: 'none',
  images: 'none',
  // https://api-docs.deepseek.com/guides/thinking_mode
  extras: { thoughts: ['reasoning_content'] },
})
