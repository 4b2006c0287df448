import { leftOut, newLimit, onlyIf } from '../changes/fields.ts'
import type { Asked, Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { matchesGlob } from '../../catalog/glob.ts'
import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import { keptBelow } from '../native/kept-api.ts'
import { passThrough } from '../native/pass-through.ts'
import { allAudio, openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { openAIImages } from '../openai-compatible/images-rules.ts'
import { withoutReasoning } from '../changes/messages.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { ProviderOperation, Provider, TranslationTarget } from '../provider.ts'
import { isAskedAtResponses } from './asked-where.ts'
import { compactionApi } from './compaction-api.ts'
import { chatAtResponses } from './responses.ts'
import { responsesApi } from './responses-api.ts'

const isDefault = (name: string): Change => onlyIf('is left out unless it is 1', name, (value) => value === 1)

/** What models that think take no other value of. */
const samplingFixed: Readonly<Record<string, Change>> = {
  ...newLimit,
  temperature: isDefault('temperature'),
  top_p: isDefault('top_p'),
  presence_penalty: leftOut,
  frequency_penalty: leftOut,
  logit_bias: leftOut,
  logprobs: leftOut,
  top_logprobs: leftOut,
}

/** Since GPT-5.1 a model that is told not to think samples as asked. */
const unlessThinking = (name: string, otherwise: Change): Change => ({
  says: `${otherwise.says}${otherwise === leftOut ? ' unless' : ', or'} \`reasoning_effort\` is \`none\``,
  becomes: (value, asked) => (doesNotThink(asked) ? { [name]: value } : otherwise.becomes(value, asked)),
})
const doesNotThink = (asked: Asked): boolean => asked.field('reasoning_effort') === 'none'

/**
 * OpenAI takes every field, but not with every model.
 *
 * https://platform.openai.com/docs/guides/reasoning
 */
export const openaiRules: ChatRules = {
  changes: {
    // It refuses to keep metadata of what it does not keep.
    metadata: {
      says: 'is sent with `store` only',
      becomes: (value, asked) => (asked.field('store') === true ? { metadata: value } : {}),
    },
  },
  models: [
    { names: ['gpt-5-chat*'] },
    {
      names: ['gpt-5.*', 'gpt-6*'],
      changes: {
        ...samplingFixed,
        temperature: unlessThinking('temperature', isDefault('temperature')),
        top_p: unlessThinking('top_p', isDefault('top_p')),
        logprobs: unlessThinking('logprobs', leftOut),
        top_logprobs: unlessThinking('top_logprobs', leftOut),
      },
      // What an earlier answer brought from `/responses`.
      rewrites: { messages: [withoutReasoning] },
    },
    { names: ['gpt-5*'], changes: samplingFixed },
    { names: ['o1*', 'o3*', 'o4*'], changes: { ...samplingFixed, parallel_tool_calls: leftOut } },
    { names: ['gpt-4o*search-preview*'], changes: { temperature: leftOut } },
  ],
}

/** Models that take back what they have thought: where they are asked at `/chat/completions`, it is left out again. */
const thinksOn = ['gpt-5.*', 'gpt-6*', '*-codex*', '*-pro', '*-pro-*']
const EXTRAS: ChatExtras = { thoughts: ['reasoning_details', 'phase'] }

const base = openAICompatible('openai', {
  rules: openaiRules,
  audio: allAudio,
  moderation: {},
  imageEdits: openAIImages,
})

/** OpenAI. What a model takes at `/responses` only is asked there, and answered as chat. */
export const openai: Provider = {
  ...base,
  ...(base.chat !== undefined && { chat: eitherWay(base.chat) }),
  chatExtras: (model) => (thinksOn.some((glob) => matchesGlob(glob, model)) ? EXTRAS : undefined),
  native: { responses: passThrough(responsesApi), compaction: passThrough(compactionApi) },
  kept: keptBelow(responsesApi.path),
}

function eitherWay(chat: ProviderOperation<ChatCall>): ProviderOperation<ChatCall> {
  const of = ({ outline }: ChatCall, { upstreamModel }: TranslationTarget): ProviderOperation<ChatCall> =>
    isAskedAtResponses(outline, upstreamModel) ? chatAtResponses : chat
  return {
    answer: (call, target) => of(call, target).answer(call, target),
    stream: (call, target) => of(call, target).stream?.(call, target),
    unsupported: (call, target) => of(call, target).unsupported?.(call, target) ?? [],
  }
}
