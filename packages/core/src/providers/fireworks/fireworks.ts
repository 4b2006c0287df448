import { oldLimit, worded } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem, thoughtsAs } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/**
 * Its validator refuses every field it does not know: "Extra inputs are not permitted".
 *
 * https://docs.fireworks.ai/api-reference/post-chatcompletions
 */
export const fireworksRules: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'temperature',
    'top_p',
    'top_k',
    'min_p',
    'typical_p',
    'n',
    'presence_penalty',
    'frequency_penalty',
    'repetition_penalty',
    'mirostat_target',
    'mirostat_lr',
    'stop',
    'seed',
    'logprobs',
    'top_logprobs',
    'logit_bias',
    'response_format',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'reasoning_effort',
    'reasoning_history',
    'thinking',
    'prediction',
    'user',
    'service_tier',
    'prompt_cache_key',
    'prompt_truncate_len',
    'context_length_exceeded_behavior',
    'ignore_eos',
    'echo',
    'raw_output',
    'perf_metrics_in_response',
    'return_token_ids',
  ]),
  changes: {
    ...oldLimit,
    reasoning_effort: worded('reasoning_effort', { minimal: 'low', xhigh: 'high', max: 'high' }),
    tool_choice: onlyWithTools('tool_choice'),
    parallel_tool_calls: onlyWithTools('parallel_tool_calls'),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven, thoughtsAs('reasoning_content')], tools: [noEmptyTools] },
}

/** Its images and its sound have APIs of their own elsewhere. */
export const fireworks = openAICompatible('fireworks', {
  rules: fireworksRules,
  images: 'none',
  reranks: true,
  // https://docs.fireworks.ai/guides/reasoning
  extras: { thoughts: ['reasoning_content'] },
})
