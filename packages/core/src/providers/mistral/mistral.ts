import { isRecord } from '../../json.ts'
import { atMost, oldLimit, seedAs } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import { forcesTool, hasTools, onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools, parametersGiven } from '../changes/tools.ts'
import type { Change, ChatRules, Rewrite } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { recordingsByRules } from '../openai-compatible/recordings.ts'
import type { TranscriptionCall } from '../../operations/transcription/recording-call.ts'
import type { Provider } from '../provider.ts'
import { continuation, knownFields } from './mistral-messages.ts'
import { shortToolIds } from '../changes/short-tool-ids.ts'
import { mistralEmbeddings } from './embeddings-rules.ts'
import { mistralModerations } from './moderation-rules.ts'

/** It can be made to call some tool, so a certain one is called by offering no other: {@link onlyTheChosen}. */
const choice: Change = {
  says: '`required` and a named tool become `any`',
  becomes: (value, asked) => (hasTools(asked) ? { tool_choice: forcesTool(value) ? 'any' : value } : {}),
}

const onlyTheChosen: Rewrite = {
  says: 'of several, only the one that `tool_choice` names',
  rewrite: (value, asked) => {
    const chosen = nameIn(asked.field('tool_choice'))
    if (chosen === undefined || !Array.isArray(value)) return value
    const matching = value.filter((tool) => nameIn(tool) === chosen)
    return matching.length === 0 || matching.length === value.length ? value : matching
  },
}

function nameIn(tool: unknown): string | undefined {
  const made = isRecord(tool) ? tool['function'] : undefined
  return isRecord(made) && typeof made['name'] === 'string' ? made['name'] : undefined
}

/** It knows two efforts. */
const effort: Change = {
  says: '`none` or, for all others, `high`',
  becomes: (value) => ({ reasoning_effort: value === 'none' ? 'none' : 'high' }),
}

const takes = [
  'messages',
  'stream',
  'max_tokens',
  'temperature',
  'top_p',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'random_seed',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'prediction',
  'prompt_mode',
  'safe_prompt',
  'document_image_limit',
  'document_page_limit',
]

/**
 * Its validator forbids every field it does not know, also in messages. Usage comes on the last event of a stream unasked.
 *
 * https://docs.mistral.ai/api/endpoint/chat
 */
export const mistralRules: ChatRules = {
  takes: new Set(takes),
  changes: {
    ...oldLimit,
    temperature: atMost('temperature', 1.5),
    seed: seedAs('random_seed'),
    tool_choice: choice,
    parallel_tool_calls: onlyWithTools('parallel_tool_calls'),
  },
  rewrites: {
    messages: [developerAsSystem, argumentsGiven, knownFields, shortToolIds, continuation],
    tools: [noEmptyTools, onlyTheChosen, parametersGiven],
  },
  models: [
    {
      names: [
        'mistral-small-2603*',
        'mistral-small-latest',
        'mistral-medium-3*',
        'mistral-medium-latest',
        'mistral-large-4*',
      ],
      takes: new Set([...takes, 'reasoning_effort']),
      changes: { reasoning_effort: effort },
    },
  ],
}

/** https://docs.mistral.ai/api/endpoint/audio/transcriptions */
const transcripts = recordingsByRules<TranscriptionCall>({
  path: '/audio/transcriptions',
  leavesOut: ['response_format', 'prompt', 'include', 'chunking_strategy'],
})

export const mistral: Provider = {
  ...openAICompatible('mistral', {
    rules: mistralRules,
    embeddings: mistralEmbeddings,
    images: 'none',
    moderation: mistralModerations,
    // Its rules mark the last message: see `continuation`.
    extras: { prefill: 'as_it_is' },
  }),
  transcription: transcripts,
}
