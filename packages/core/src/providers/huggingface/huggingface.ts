import { oldLimit } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/**
 * The router of Hugging Face's inference providers, who are as many servers: it is asked for what all of them know. Which of them
 * answers is said in the model's name, `openai/gpt-oss-120b:groq` or `:cheapest`.
 *
 * https://huggingface.co/docs/inference-providers/tasks/chat-completion
 */
export const huggingfaceRules: ChatRules = {
  changes: { ...oldLimit, tool_choice: onlyWithTools('tool_choice') },
  rewrites: { messages: [developerAsSystem, argumentsGiven], tools: [noEmptyTools] },
}

export const huggingface = openAICompatible('huggingface', {
  rules: huggingfaceRules,
  embeddings: 'none',
  images: 'none',
})
