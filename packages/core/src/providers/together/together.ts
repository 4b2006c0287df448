import { oldLimit } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { allAudio, openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { togetherImages } from './images-rules.ts'

/** Together ignores what it does not know, the newer name of the limit included: an answer would have none. */
export const togetherRules: ChatRules = {
  changes: oldLimit,
  rewrites: { messages: [developerAsSystem, argumentsGiven] },
}

export const together = openAICompatible('together', {
  rules: togetherRules,
  images: togetherImages,
  reranks: true,
  audio: allAudio,
})
