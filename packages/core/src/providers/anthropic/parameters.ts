import { isRecord, type Json } from '../../json.ts'
import { reasoningAsked, reasoningFields } from '../translated/reasoning-asked.ts'
import { isSent, parametersLeft } from '../sent-parameters.ts'
import { STRICT_LOST, strictFunctions } from '../translated/strict-functions.ts'
import { stopTexts } from '../translated/stop-texts.ts'
import type { ClaudeFamily } from './claude-family.ts'
import { canBeStrict } from './strict-tools.ts'
import { thinkingFor, type Thinking } from './thinking.ts'

/** A request's parameters in Anthropic's words. Messages, tools and formats are translated elsewhere. */
export interface Parameters {
  readonly sends: Json
  readonly thinking: Thinking
  /** What the caller sent and the model does not get, by OpenAI's names. */
  readonly dropped: readonly string[]
}

/** Parameters that have a counterpart, whatever the model. */
const TAKEN = new Set<string>([
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'user',
  ...reasoningFields,
])

/** Anthropic refuses what looks like an address or a name here. */
const USER_ID = /^[\w.:-]{1,256}$/

/** Translates what can be translated; never throws, so that it can be asked what would be left out. */
export function readParameters(request: Json, family: ClaudeFamily): Parameters {
  const dropped = new Set(parametersLeft(request, TAKEN))
  const drop = (name: string): void => {
    if (isSent(request, name)) dropped.add(name)
  }
  const maxTokens = Math.min(numberIn(request, 'max_completion_tokens', 'max_tokens') ?? Infinity, family.mostOutput)
  const asked = reasoningAsked(request)
  const thinking = thinkingFor(asked, family, { maxTokens, request })
  if (asked === undefined || !thinking.granted) for (const name of reasoningFields) drop(name)

  // A thinking model samples in its own way; of the others the newer ones take one sampler, not two.
  const thinks = thinking.sends !== undefined && thinking.sends.type !== 'disabled'
  const samples = family.samplers !== 'none' && !thinks
  const temperature = samples ? numberIn(request, 'temperature') : undefined
  const topP =
    samples && (family.samplers === 'both' || temperature === undefined) ? numberIn(request, 'top_p') : undefined
  const topK = samples ? numberIn(request, 'top_k') : undefined
  if (temperature === undefined) drop('temperature')
  if (topP === undefined) drop('top_p')
  if (topK === undefined) drop('top_k')

  // Anthropic refuses to stop at white space.
  const stops = stopTexts(request['stop']).filter((text) => text.trim() !== '')
  if (stops.length < stopTexts(request['stop']).length) drop('stop')
  const user = request['user']
  const userId = typeof user === 'string' && USER_ID.test(user) ? user : undefined
  if (userId === undefined) drop('user')
  if (!isHeldToSchema(request, family)) drop('response_format')

  return {
    thinking,
    dropped: [
      ...Object.keys(request).filter((name) => dropped.has(name)),
      ...(strictFunctions(request).length > 0 && !canBeStrict(request, family) ? [STRICT_LOST] : []),
    ],
    sends: {
      max_tokens: maxTokens,
      // OpenAI's scale ends at 2, Anthropic's at 1.
      ...(temperature !== undefined && { temperature: Math.min(Math.max(temperature, 0), 1) }),
      ...(topP !== undefined && { top_p: topP }),
      ...(topK !== undefined && { top_k: topK }),
      ...(stops.length > 0 && { stop_sequences: stops }),
      ...(userId !== undefined && { metadata: { user_id: userId } }),
      ...(thinking.sends !== undefined && { thinking: thinking.sends }),
    },
  }
}

/** Whether the answer's form is enforced. JSON of no particular schema is only asked for, in words. */
export function isHeldToSchema(request: Json, { schemas }: ClaudeFamily): boolean {
  const format = request['response_format']
  return schemas && isRecord(format) && isRecord(format['json_schema']) && isRecord(format['json_schema']['schema'])
}

function numberIn(request: Json, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = request[name]
    if (typeof value === 'number' && Number.isFinite(value)) return value
  }
  return undefined
}
