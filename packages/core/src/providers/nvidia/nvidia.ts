import { oldLimit, seedAs, worded } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem, systemAsUser, textPartsJoined } from '../changes/messages.ts'
import { hasTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import { shortToolIds } from '../changes/short-tool-ids.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { inTemplate } from './chat-template.ts'
import type { Provider } from '../provider.ts'
import { nvidiaEmbeddings } from './embeddings-rules.ts'
import { nvidiaHosts, nvidiaImages } from './images.ts'
import { nvidiaRerank } from './rerank.ts'

const everyModelTakes = ['messages', 'stream', 'max_tokens', 'temperature', 'top_p', 'stop', 'seed']
const penalties = ['presence_penalty', 'frequency_penalty']
const mostModelsTake = [
  ...everyModelTakes,
  ...penalties,
  'stream_options',
  'tools',
  'tool_choice',
  'response_format',
  'chat_template_kwargs',
]

/** A model that is served without a parser for tools refuses `auto`, which is what happens anyway. */
const choice: Change = {
  says: 'is left out when it is `auto`, or when there are no tools',
  becomes: (value, asked) => (value === 'auto' || !hasTools(asked) ? {} : { tool_choice: value }),
}

/**
 * Each hosted model has a schema of its own that forbids every other field: "Unsupported parameter(s)". What most of them
 * take is in their references, https://docs.api.nvidia.com/nim/reference/llm-apis; for the rest there are rows.
 */
export const nvidiaRules: ChatRules = {
  takes: new Set(mostModelsTake),
  changes: { ...oldLimit, seed: seedAs('seed'), tool_choice: choice },
  rewrites: { messages: [developerAsSystem, argumentsGiven, textPartsJoined], tools: [noEmptyTools] },
  models: [
    { names: ['deepseek-ai/deepseek-v4*', 'moonshotai/kimi-k2*'], changes: inTemplate },
    {
      names: ['openai/gpt-oss-*'],
      takes: new Set([...mostModelsTake, 'reasoning_effort']),
      changes: {
        reasoning_effort: worded('reasoning_effort', { none: 'low', minimal: 'low', xhigh: 'high', max: 'high' }),
      },
    },
    { names: ['nvidia/nemotron-3*'], takes: new Set([...mostModelsTake, 'reasoning_effort']) },
    { names: ['mistralai/*'], rewrites: { messages: [shortToolIds] } },
    { names: ['meta/llama-3.2-*-vision-*'], takes: new Set([...everyModelTakes, ...penalties]) },
    {
      names: ['google/gemma-2*', 'google/codegemma*', 'google/recurrentgemma*'],
      takes: new Set(everyModelTakes),
      rewrites: { messages: [systemAsUser] },
    },
  ],
}

export const nvidia: Provider = {
  ...openAICompatible('nvidia', { rules: nvidiaRules, embeddings: nvidiaEmbeddings }),
  images: nvidiaImages,
  rerank: nvidiaRerank,
  hosts: nvidiaHosts,
}
