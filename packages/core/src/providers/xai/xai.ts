import { leftOut, worded } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem, withoutReasoning } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { keptBelow } from '../native/kept-api.ts'
import type { NativeApi } from '../native/native-api.ts'
import { passThrough } from '../native/pass-through.ts'
import { responsesApi } from '../openai/responses-api.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import type { Provider } from '../provider.ts'
import { xaiImages } from './images.ts'

/** Models that think refuse these. */
const samplesByItself: Readonly<Record<string, Change>> = {
  presence_penalty: leftOut,
  frequency_penalty: leftOut,
  stop: leftOut,
}

const efforts = (words: Readonly<Record<string, string>>): Readonly<Record<string, Change>> => ({
  ...samplesByItself,
  reasoning_effort: worded('reasoning_effort', words),
})

/**
 * xAI takes what OpenAI takes, but not with every model, and shows no effect of `logit_bias`.
 *
 * https://docs.x.ai/docs/api-reference#chat-completions, https://docs.x.ai/docs/guides/reasoning
 */
export const xaiRules: ChatRules = {
  changes: { logit_bias: leftOut, tool_choice: onlyWithTools('tool_choice') },
  rewrites: { messages: [developerAsSystem, argumentsGiven, withoutReasoning], tools: [noEmptyTools] },
  models: [
    { names: ['*-non-reasoning*'], changes: { reasoning_effort: leftOut } },
    {
      names: ['grok-3-mini*'],
      changes: efforts({ none: 'low', minimal: 'low', medium: 'low', xhigh: 'high', max: 'high' }),
    },
    { names: ['grok-4.6*'], changes: efforts({ minimal: 'low', max: 'xhigh' }) },
    { names: ['grok-4.3*', 'grok-latest*'], changes: efforts({ minimal: 'low', xhigh: 'high', max: 'high' }) },
    { names: ['grok-4*', 'grok-code*', 'grok-build*'], changes: { ...samplesByItself, reasoning_effort: leftOut } },
  ],
}

/** Its responses are OpenAI's, tools that it runs itself and what it keeps among them; it counts none beforehand. */
const xaiResponses: NativeApi = { ...responsesApi, countingPath: undefined }

/** https://docs.x.ai/docs/guides/chat, https://docs.x.ai/docs/guides/tools/overview */
export const xai: Provider = {
  ...openAICompatible('xai', { rules: xaiRules, embeddings: 'none', images: 'none' }),
  images: xaiImages,
  native: { responses: passThrough(xaiResponses) },
  kept: keptBelow(xaiResponses.path),
}
