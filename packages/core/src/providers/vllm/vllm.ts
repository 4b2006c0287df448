import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** vLLM takes every field, its own extras included. */
export const vllmRules: ChatRules = { rewrites: { messages: [developerAsSystem, argumentsGiven] } }

export const vllm = openAICompatible('vllm', { rules: vllmRules, continues: 'continue_final_message', reranks: true })
