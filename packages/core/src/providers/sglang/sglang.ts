import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** SGLang takes every field, its own extras included. */
export const sglangRules: ChatRules = { rewrites: { messages: [developerAsSystem, argumentsGiven] } }

export const sglang = openAICompatible('sglang', { rules: sglangRules, continues: 'continue_final_message' })
