import type { Failure } from '../../failure.ts'
import { newLimit, onlyIf, worded } from '../changes/fields.ts'
import { argumentsGiven, thoughtsAs, developerAsSystem, withoutNames, withoutReasoning } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import { allAudio, openAICompatible } from '../openai-compatible/openai-compatible.ts'
import type { Reply } from '../provider.ts'

const takes = [
  'messages',
  'stream',
  'stream_options',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'seed',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'user',
  'service_tier',
  'documents',
  'citation_options',
  'compound_custom',
  'disable_tool_validation',
  'include_domains',
  'exclude_domains',
  'search_settings',
]
const takesReasoning = new Set([...takes, 'reasoning_effort', 'reasoning_format', 'include_reasoning'])

/** Qwen thinks or does not; how hard is its own matter. */
const effortAsDefault: Change = {
  says: '`none` or, for all others, `default`',
  becomes: (value) => ({ reasoning_effort: value === 'none' ? 'none' : 'default' }),
}

/**
 * Its validator refuses every field it does not know, also in messages; `logprobs` and `logit_bias` are among these.
 *
 * https://console.groq.com/docs/openai, https://console.groq.com/docs/api-reference, https://console.groq.com/docs/reasoning
 */
export const groqRules: ChatRules = {
  takes: new Set(takes),
  changes: {
    ...newLimit,
    n: onlyIf('is left out unless it is 1', 'n', (value) => value === 1),
    service_tier: worded('service_tier', { default: 'on_demand', priority: 'performance' }),
    tool_choice: onlyWithTools('tool_choice'),
    parallel_tool_calls: onlyWithTools('parallel_tool_calls'),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven, withoutNames], tools: [noEmptyTools] },
  models: [
    {
      names: ['openai/gpt-oss-*'],
      takes: takesReasoning,
      changes: {
        reasoning_effort: worded('reasoning_effort', { none: 'low', minimal: 'low', xhigh: 'high', max: 'high' }),
      },
      rewrites: { messages: [thoughtsAs('reasoning')] },
    },
    {
      names: ['qwen/*'],
      takes: takesReasoning,
      changes: { reasoning_effort: effortAsDefault },
      rewrites: { messages: [thoughtsAs('reasoning')] },
    },
    { names: ['*'], rewrites: { messages: [withoutReasoning] } },
  ],
}

/** Its own status for a tier that is full: https://console.groq.com/docs/errors */
const NO_ROOM = 498

const classifyGroqReply = (reply: Reply): Failure =>
  reply.status === NO_ROOM
    ? { ...classifyReply(reply), class: 'transient', mayBeBilled: false, message: 'has no room left in this tier' }
    : classifyReply(reply)

export const groq = openAICompatible('groq', {
  rules: groqRules,
  embeddings: 'none',
  images: 'none',
  audio: allAudio,
  extras: { thoughts: ['reasoning_content'] },
  classify: classifyGroqReply,
})
