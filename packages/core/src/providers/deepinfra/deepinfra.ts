import { oldLimit, worded } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { allAudio, openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** https://deepinfra.com/docs/openai_api */
export const deepinfraRules: ChatRules = {
  changes: {
    ...oldLimit,
    reasoning_effort: worded('reasoning_effort', { minimal: 'low', xhigh: 'high', max: 'high' }),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven] },
}

export const deepinfra = openAICompatible('deepinfra', {
  rules: deepinfraRules,
  audio: allAudio,
  extras: { thoughts: ['reasoning_content'] },
})
