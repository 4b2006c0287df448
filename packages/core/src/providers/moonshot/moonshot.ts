import { isRecord } from '../../json.ts'
import { atMost, leftOut, newLimit, renamed, worded } from '../changes/fields.ts'
import { schemaAsJsonObject, schemaInWords, schemaIn } from '../changes/json-mode.ts'
import {
  argumentsGiven,
  developerAsSystem,
  eachMessage,
  eachRecord,
  reasoningAsContent,
  reasoningIn,
} from '../changes/messages.ts'
import { effortAsThinking, isThinking, thinkingSwitch, threeEfforts } from '../changes/thinking.ts'
import { forcesTool, hasTools, onlyWithTools, toolChoiceBeforeThinking } from '../changes/tool-choice.ts'
import { eachFunction, noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules, Rewrite } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { STRICT_LOST, strictFunctions } from '../translated/strict-functions.ts'
import { mfjsSchema } from './mfjs-schema.ts'

const takes = [
  'messages',
  'stream',
  'stream_options',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'response_format',
  'tools',
  'tool_choice',
  'logprobs',
  'top_logprobs',
  'prompt_cache_key',
  'safety_identifier',
]
const takesThinking = new Set([...takes, 'thinking', 'reasoning_effort'])

/** Kimi's sampling is what the lab has set: another value is refused. */
const samplingFixed: Readonly<Record<string, Change>> = {
  temperature: { says: 'is left out: it is 1', becomes: (value) => (value === 1 ? {} : undefined) },
  top_p: leftOut,
  n: leftOut,
  presence_penalty: leftOut,
  frequency_penalty: leftOut,
}

/** For models that cannot be kept from thinking. */
const alwaysThinks: Readonly<Record<string, Change>> = {
  thinking: {
    says: 'is left out when it only says on or off',
    becomes: (value) => {
      if (!isRecord(value) || value['type'] === 'disabled') return undefined
      return 'keep' in value ? { thinking: value } : {}
    },
  },
  reasoning_effort: {
    says: 'is left out',
    becomes: (value) => (value === 'none' ? undefined : {}),
  },
  tool_choice: {
    says: 'is left out when it forces a call',
    becomes: (value, asked) => {
      if (!hasTools(asked)) return {}
      return forcesTool(value) ? undefined : { tool_choice: value }
    },
  },
}

const functionsInMfjs: Rewrite = {
  loses: (tools) => (strictFunctions({ tools }).length > 0 ? STRICT_LOST : undefined),
  ...eachFunction('schemas in its own subset of JSON schema, without `strict`', (made) => {
    const { strict, parameters, ...rest } = made
    const schema = mfjsSchema(isRecord(parameters) ? parameters : { type: 'object', properties: {} })
    if (strict === undefined && schema === parameters) return made
    return { ...rest, parameters: schema }
  }),
}

const hasCalls = (message: Readonly<Record<string, unknown>>): boolean =>
  message['role'] === 'assistant' && Array.isArray(message['tool_calls'])

/** A turn that called tools has to show the reasoning that led there. An empty one is taken for none. */
const reasoningBesideCalls: Rewrite = {
  says: 'an assistant message with tool calls gets a `reasoning_content` when it has none',
  rewrite: (value, asked) =>
    isThinking(asked) === false
      ? value
      : eachRecord(value, (message) =>
          hasCalls(message) && !reasoningIn(message) ? { ...message, reasoning_content: ' ' } : message,
        ),
}

const noEmptyText = eachMessage('an empty text beside tool calls becomes `null`', (message) =>
  hasCalls(message) && message['content'] === '' ? { ...message, content: null } : message,
)

/** A schema that its validator accepts. */
const schemaInMfjs: Change = {
  says: 'its schema in its own subset of JSON schema',
  becomes: (value) => {
    const schema = schemaIn(value)
    if (!isRecord(value) || !isRecord(schema)) return { response_format: value }
    const known = mfjsSchema(schema)
    const wanted = isRecord(value['json_schema']) ? value['json_schema'] : { name: 'answer' }
    return {
      response_format: known === wanted['schema'] ? value : { ...value, json_schema: { ...wanted, schema: known } },
    }
  },
}

const jsonObject = { response_format: schemaAsJsonObject }

/** https://platform.kimi.ai/docs/api/chat */
export const moonshotRules: ChatRules = {
  takes: new Set(takes),
  changes: {
    ...newLimit,
    temperature: atMost('temperature', 1),
    tool_choice: onlyWithTools('tool_choice'),
    user: renamed('safety_identifier'),
  },
  rewrites: {
    messages: [developerAsSystem, argumentsGiven, reasoningAsContent, noEmptyText],
    tools: [noEmptyTools, functionsInMfjs],
  },
  models: [
    {
      names: ['kimi-k2.7-code*', 'kimi-k2-thinking*'],
      takes: takesThinking,
      changes: { ...samplingFixed, ...alwaysThinks, ...jsonObject },
      rewrites: { messages: [reasoningBesideCalls, schemaInWords] },
    },
    {
      names: ['kimi-k2*'],
      takes: takesThinking,
      changes: {
        ...samplingFixed,
        ...jsonObject,
        thinking: thinkingSwitch,
        reasoning_effort: effortAsThinking,
        tool_choice: toolChoiceBeforeThinking,
      },
      rewrites: { messages: [reasoningBesideCalls, schemaInWords] },
    },
    {
      names: ['kimi-*'],
      takes: takesThinking,
      changes: {
        ...samplingFixed,
        thinking: alwaysThinks['thinking'] ?? leftOut,
        reasoning_effort: worded('reasoning_effort', { none: 'low', ...threeEfforts }),
        response_format: schemaInMfjs,
      },
      rewrites: { messages: [reasoningBesideCalls] },
    },
    { names: ['moonshot-*'], changes: jsonObject, rewrites: { messages: [schemaInWords] } },
  ],
}

export const moonshot = openAICompatible('moonshot', {
  rules: moonshotRules,
  embeddings: 'none',
  images: 'none',
  continues: 'partial',
  // https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model
  extras: { thoughts: ['reasoning_content'] },
})
