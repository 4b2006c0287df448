import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import { passThrough } from '../native/pass-through.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { completionsApi } from '../openai-compatible/completions-api.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import type { Provider } from '../provider.ts'

/** vLLM takes every field, its own extras included. */
export const vllmRules: ChatRules = { rewrites: { messages: [developerAsSystem, argumentsGiven] } }

export const vllm: Provider = {
  ...openAICompatible('vllm', {
    rules: vllmRules,
    continues: 'continue_final_message',
    extras: { thoughts: ['reasoning_content'] },
    reranks: true,
  }),
  native: { completions: passThrough(completionsApi) },
}
