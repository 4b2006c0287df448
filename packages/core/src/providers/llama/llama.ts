import { isRecord } from '../../json.ts'
import { newLimit } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem, withoutReasoning } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** It knows JSON by a schema only; that of any object asks for the same. */
const jsonBySchema: Change = {
  says: '`json_object` becomes a `json_schema` of any object',
  becomes: (value) => ({
    response_format:
      isRecord(value) && value['type'] === 'json_object'
        ? { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } }
        : value,
  }),
}

/** Meta's Llama API, https://llama.developer.meta.com/docs/features/compatibility */
export const llamaRules: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'max_completion_tokens',
    'temperature',
    'top_p',
    'top_k',
    'repetition_penalty',
    'response_format',
    'tools',
    'tool_choice',
  ]),
  changes: { ...newLimit, response_format: jsonBySchema, tool_choice: onlyWithTools('tool_choice') },
  rewrites: { messages: [developerAsSystem, argumentsGiven, withoutReasoning], tools: [noEmptyTools] },
}

export const llama = openAICompatible('llama', { rules: llamaRules, embeddings: 'none', images: 'none' })
