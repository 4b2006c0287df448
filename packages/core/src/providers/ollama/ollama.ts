import { leftOut, oldLimit, worded } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import type { Change, ChatRules, Rewrite } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** It ignores the choice. That no tool be called is done by offering none: {@link noneChosen}. */
const choice: Change = {
  says: '`none` takes the tools away; any other but `auto` is left out',
  becomes: (value) => (value === 'none' || value === 'auto' ? {} : undefined),
}

const noneChosen: Rewrite = {
  says: 'none, when `tool_choice` is `none`',
  rewrite: (value, asked) => (asked.field('tool_choice') === 'none' ? undefined : value),
}

/** Ollama takes every field and ignores some; those are named. https://docs.ollama.com/api/openai-compatibility */
export const ollamaRules: ChatRules = {
  changes: {
    ...oldLimit,
    n: leftOut,
    logit_bias: leftOut,
    user: leftOut,
    tool_choice: choice,
    reasoning_effort: worded('reasoning_effort', { minimal: 'low', xhigh: 'max' }),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven], tools: [noneChosen] },
}

export const ollama = openAICompatible('ollama', { rules: ollamaRules })
