import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import { passThrough } from '../native/pass-through.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { completionsApi } from '../openai-compatible/completions-api.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import type { Provider } from '../provider.ts'

/** SGLang takes every field, its own extras included. */
export const sglangRules: ChatRules = { rewrites: { messages: [developerAsSystem, argumentsGiven] } }

export const sglang: Provider = {
  ...openAICompatible('sglang', {
    rules: sglangRules,
    continues: 'continue_final_message',
    extras: { thoughts: ['reasoning_content'] },
  }),
  native: { completions: passThrough(completionsApi) },
}
