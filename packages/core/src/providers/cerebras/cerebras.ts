import { newLimit, worded } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem, thoughtsAs } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** GLM thinks unless it is told not to. */
const onlyNone: Change = {
  says: 'is left out unless it is `none`',
  becomes: (value) => (value === 'none' ? { reasoning_effort: 'none' } : {}),
}

/**
 * Its validator refuses every field it does not know, also in messages.
 *
 * https://inference-docs.cerebras.ai/api-reference/chat-completions, https://inference-docs.cerebras.ai/resources/openai
 */
export const cerebrasRules: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'max_completion_tokens',
    'temperature',
    'top_p',
    'stop',
    'seed',
    'response_format',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'logprobs',
    'top_logprobs',
    'logit_bias',
    'user',
    'reasoning_effort',
    'reasoning_format',
    'clear_thinking',
    'prediction',
    'service_tier',
    'prompt_cache_key',
  ]),
  changes: {
    ...newLimit,
    tool_choice: onlyWithTools('tool_choice'),
    parallel_tool_calls: onlyWithTools('parallel_tool_calls'),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven, thoughtsAs('reasoning')], tools: [noEmptyTools] },
  models: [
    {
      names: ['gpt-oss-*'],
      changes: {
        reasoning_effort: worded('reasoning_effort', { none: 'low', minimal: 'low', xhigh: 'high', max: 'high' }),
      },
    },
    { names: ['zai-glm-*'], changes: { reasoning_effort: onlyNone } },
  ],
}

export const cerebras = openAICompatible('cerebras', {
  rules: cerebrasRules,
  embeddings: 'none',
  images: 'none',
  // https://inference-docs.cerebras.ai/capabilities/reasoning
  extras: { thoughts: ['reasoning_content'] },
})
