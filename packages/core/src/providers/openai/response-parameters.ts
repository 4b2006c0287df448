import { isRecord, type Json } from '../../json.ts'
import { isSent, parametersLeft } from '../sent-parameters.ts'
import { effortIn } from './asked-where.ts'

/** OpenAI refuses a smaller limit here, which chat takes. */
const LEAST_OUTPUT_TOKENS = 16

/** What a responses request calls as chat does. */
const SAME = [
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'safety_identifier',
  'service_tier',
  'user',
] as const

/** What has a counterpart. */
const TAKEN = new Set<string>([
  ...SAME,
  'max_tokens',
  'max_completion_tokens',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'verbosity',
  'store',
])

/** What only a model that does not think takes, and what it may be all the same. */
const samplers = ['temperature', 'top_p'] as const

/** The parameters of a chat request that `/responses` has nothing like, by name, in the caller's order. Never throws. */
export function lostAtResponses(request: Json): string[] {
  return parametersLeft(request, TAKEN).filter((name) => !isSampler(name) || (request[name] !== 1 && !samples(request)))
}

const isSampler = (name: string): boolean => samplers.some((sampler) => sampler === name)
const samples = (request: Json): boolean => effortIn(request) === 'none'

/**
 * A chat request's parameters as a responses request has them. Messages and tools are written elsewhere.
 */
export function responseParameters(request: Json): Json {
  const most = request['max_completion_tokens'] ?? request['max_tokens']
  const stores = request['store'] === true
  const reasoning = reasoningOf(request)
  const text = textOf(request)
  return {
    ...pick(request, SAME),
    ...(samples(request) && pick(request, samplers)),
    ...(typeof most === 'number' && { max_output_tokens: Math.max(most, LEAST_OUTPUT_TOKENS) }),
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    // Kept only for callers who say so; reasoning then travels with the conversation instead.
    store: stores,
    include: ['reasoning.encrypted_content'],
    ...(stores && isSent(request, 'metadata') && { metadata: request['metadata'] }),
  }
}

function pick(request: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => (request[name] == null ? [] : [[name, request[name]]])))
}

/** A summary has to be asked for: organizations that OpenAI has not verified are refused one. */
function reasoningOf(request: Json): Json {
  const { reasoning } = request
  const effort = effortIn(request)
  const summary = isRecord(reasoning) ? reasoning['summary'] : undefined
  return { ...(effort !== undefined && { effort }), ...(typeof summary === 'string' && { summary }) }
}

function textOf({ response_format: asked, verbosity }: Json): Json {
  const format = formatOf(asked)
  return { ...(format !== undefined && { format }), ...(typeof verbosity === 'string' && { verbosity }) }
}

/** A schema stands in a field of its own in chat only. What is in neither API is OpenAI's to judge. */
function formatOf(asked: unknown): unknown {
  if (!isRecord(asked) || asked['type'] === 'text') return undefined
  const { type, json_schema: schema } = asked
  return type === 'json_schema' && isRecord(schema) ? { type, strict: false, ...schema } : asked
}
