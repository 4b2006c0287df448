import { isRecord } from '../../json.ts'
import { oldLimit, seedAs } from '../changes/fields.ts'
import { schemaIn } from '../changes/json-mode.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import { onlyWithTools } from '../changes/tool-choice.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { Change, ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

const stopList: Change = {
  says: 'becomes a list',
  becomes: (value) => ({ stop: typeof value === 'string' ? [value] : value }),
}

/** It wants a grammar: a type, and the schema as its value. */
const grammar: Change = {
  says: '`json_schema` and `json_object` become `{ type: "json", value }`',
  becomes: (value) => {
    const type = isRecord(value) ? value['type'] : undefined
    if (type === 'text') return {}
    if (type === 'json_schema' && isRecord(value) && 'value' in value) return { response_format: value }
    const schema = type === 'json_object' ? (isRecord(value) && value['value']) || { type: 'object' } : schemaIn(value)
    return { response_format: schema === undefined ? value : { type: 'json', value: schema } }
  },
}

/** Sampling from everything, which it refuses to be told. */
const belowOne: Change = {
  says: 'is left out when it is 1',
  becomes: (value) => (value === 1 ? {} : { top_p: value }),
}

/** Text Generation Inference. https://huggingface.github.io/text-generation-inference */
export const tgiRules: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'temperature',
    'top_p',
    'presence_penalty',
    'frequency_penalty',
    'stop',
    'seed',
    'response_format',
    'tools',
    'tool_choice',
    'tool_prompt',
    'logprobs',
    'top_logprobs',
  ]),
  changes: {
    ...oldLimit,
    stop: stopList,
    seed: seedAs('seed'),
    top_p: belowOne,
    response_format: grammar,
    tool_choice: onlyWithTools('tool_choice'),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven], tools: [noEmptyTools] },
}

export const tgi = openAICompatible('tgi', { rules: tgiRules, embeddings: 'none', images: 'none' })
