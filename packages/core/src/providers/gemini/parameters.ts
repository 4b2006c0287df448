import type { Json } from '../../json.ts'
import { reasoningAsked, reasoningFields, type ReasoningAsked } from '../translated/reasoning-asked.ts'
import { isSent, parametersLeft } from '../sent-parameters.ts'
import { STRICT_LOST, strictFunctions } from '../translated/strict-functions.ts'
import { stopTexts } from '../translated/stop-texts.ts'
import type { GeminiFamily } from './gemini-family.ts'

/** A request's parameters in Gemini's words. Messages, tools and formats are translated elsewhere. */
export interface Parameters {
  readonly generationConfig: Json
  /** What the caller sent and the model does not get, by OpenAI's names. */
  readonly dropped: readonly string[]
}

/** Numbers that have a counterpart. */
const NUMBERS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  n: 'candidateCount',
}

const TAKEN = new Set<string>([
  ...Object.keys(NUMBERS),
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'stop',
  'tools',
  'tool_choice',
  'response_format',
  'modalities',
  ...reasoningFields,
])

/** Gemini's seed has 32 bits. */
const isSeed = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31

/** Translates what can be translated; never throws, so that it can be asked what would be left out. */
export function readParameters(request: Json, family: GeminiFamily): Parameters {
  const dropped = new Set(parametersLeft(request, TAKEN))
  const config: Record<string, unknown> = {}
  for (const [name, counterpart] of Object.entries(NUMBERS)) {
    if (!isSent(request, name)) continue
    if (isNumber(request[name])) config[counterpart] = request[name]
    else dropped.add(name)
  }
  const maxTokens = request['max_completion_tokens'] ?? request['max_tokens']
  if (isNumber(maxTokens)) config['maxOutputTokens'] = maxTokens
  if (isSeed(request['seed'])) config['seed'] = request['seed']
  else if (isSent(request, 'seed')) dropped.add('seed')
  const stops = stopTexts(request['stop'])
  if (stops.length > 0) config['stopSequences'] = stops

  const modalities = modalitiesIn(request)
  if (modalities.length > 0) config['responseModalities'] = modalities
  else if (isSent(request, 'modalities')) dropped.add('modalities')

  const asked = reasoningAsked(request)
  const thinking = asked && thinkingConfig(asked, family)
  if (thinking?.config !== undefined) config['thinkingConfig'] = thinking.config
  if (thinking?.granted !== true) for (const name of reasoningFields) if (isSent(request, name)) dropped.add(name)
  const left = Object.keys(request).filter((name) => dropped.has(name))
  return {
    generationConfig: config,
    dropped: strictFunctions(request).length > 0 ? [...left, STRICT_LOST] : left,
  }
}

/** What the answer may be made of besides text. Sound has no place in a chat answer yet. */
function modalitiesIn({ modalities }: Json): string[] {
  if (!Array.isArray(modalities)) return []
  const known = modalities.map((kind: unknown) =>
    kind === 'text' || kind === 'image' ? kind.toUpperCase() : undefined,
  )
  return known.every((kind) => kind !== undefined) ? known : []
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)

/** What each effort is worth in tokens, as in Google's own OpenAI compatibility. */
const budgets = { minimal: 512, low: 1024, medium: 8192, high: 24_576, xhigh: Infinity, max: Infinity } as const

/** @returns `granted`: whether it is what was asked for. */
function thinkingConfig(
  { effort, budget }: ReasoningAsked,
  family: GeminiFamily,
): { readonly config?: Json; readonly granted: boolean } {
  const { thinks, leastBudget, mostBudget, canRest } = family
  if (thinks === 'never') return { granted: effort === 'none' }
  if (effort === 'none') {
    if (canRest) return { config: { thinkingBudget: 0 }, granted: true }
    return {
      config: thinks === 'by_level' ? { thinkingLevel: family.minimal } : { thinkingBudget: leastBudget },
      granted: false,
    }
  }
  if (thinks === 'by_level') return { config: { thinkingLevel: levelFor(effort, family), ...THOUGHTS }, granted: true }
  const tokens = Math.min(Math.max(budget ?? budgets[effort], leastBudget), mostBudget)
  return { config: { thinkingBudget: tokens, ...THOUGHTS }, granted: true }
}

/** A caller that asks for reasoning gets to see it. */
const THOUGHTS = { includeThoughts: true }

function levelFor(effort: Exclude<ReasoningAsked['effort'], 'none'>, { minimal, medium }: GeminiFamily): string {
  switch (effort) {
    case 'minimal':
      return minimal
    case 'medium':
      return medium
    case 'low':
      return 'low'
    case 'high':
    case 'xhigh':
    case 'max':
      return 'high'
  }
}
