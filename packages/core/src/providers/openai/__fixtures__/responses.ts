import type { Json } from '../../../json.ts'

/** Replies of OpenAI's responses API as its reference shows them, with what is said in them our own. */

/** What stands in every response beside what it says. */
const around: Json = {
  object: 'response',
  created_at: 1_790_000_000,
  status: 'completed',
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  model: 'gpt-5.6-2026-07-09',
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: 'medium', summary: null },
  service_tier: 'default',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  metadata: {},
}

export const usage = (input: number, cached: number, output: number, reasoning: number): Json => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output,
})

export const said = (text: string, more: Json = {}): Json => ({
  id: 'msg_0a1b',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  ...more,
})

export const refused = (refusal: string): Json => said('', { content: [{ type: 'refusal', refusal }] })

export const called = (name: string, given: string, id = `call_${name}`): Json => ({
  id: `fc_${id}`,
  type: 'function_call',
  status: 'completed',
  name,
  call_id: id,
  arguments: given,
})

export const thought = (summary: readonly string[], encrypted: string | null, id = 'rs_0c2d'): Json => ({
  id,
  type: 'reasoning',
  summary: summary.map((text) => ({ type: 'summary_text', text })),
  encrypted_content: encrypted,
})

/** A whole response. */
export const responseOf = (output: readonly Json[], more: Json = {}): Json => ({
  id: 'resp_0123abcd',
  ...around,
  output,
  usage: usage(36, 20, 87, 64),
  ...more,
})

/** Events as they come over the wire, numbered. */
export const events = (...list: readonly Json[]): string =>
  list
    .map((event, index) => `event: ${String(event['type'])}\ndata: ${JSON.stringify({ sequence_number: index, ...event })}\n\n`)
    .join('')

/** The same response as a stream, with what is said in it in pieces. */
export function streamOf(response: Json): string {
  const output = (response['output'] ?? []) as readonly Json[]
  const { usage: _usage, ...rest } = response
  const begun = { ...rest, status: 'in_progress', output: [], error: null, incomplete_details: null }
  return events(
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap((item, index) => grown(item, index)),
    { type: `response.${String(response['status'])}`, response },
  )
}

const halves = (text: string): string[] => {
  const letters = [...text]
  const middle = Math.ceil(letters.length / 2)
  return [letters.slice(0, middle).join(''), letters.slice(middle).join('')].filter((half) => half !== '')
}

function grown(item: Json, index: number): Json[] {
  const place = { output_index: index, item_id: item['id'] }
  return [
    { type: 'response.output_item.added', output_index: index, item: empty(item) },
    ...inner(item, place),
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

const empty = (item: Json): Json => ({
  ...item,
  status: 'in_progress',
  ...('content' in item && { content: [] }),
  ...('summary' in item && { summary: [] }),
  ...('arguments' in item && { arguments: '' }),
})

function inner(item: Json, place: Json): Json[] {
  switch (item['type']) {
    case 'message':
      return (item['content'] as readonly Json[]).flatMap((part, index) => partEvents(part, { ...place, content_index: index }))
    case 'reasoning':
      return (item['summary'] as readonly Json[]).flatMap(({ text }, index) => {
        const here = { ...place, summary_index: index }
        return [
          { type: 'response.reasoning_summary_part.added', ...here, part: { type: 'summary_text', text: '' } },
          ...halves(String(text)).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...here, delta })),
          { type: 'response.reasoning_summary_text.done', ...here, text },
          { type: 'response.reasoning_summary_part.done', ...here, part: { type: 'summary_text', text } },
        ]
      })
    case 'function_call':
      return [
        ...halves(String(item['arguments'])).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          ...place,
          delta,
        })),
        { type: 'response.function_call_arguments.done', ...place, name: item['name'], arguments: item['arguments'] },
      ]
    default:
      return []
  }
}

function partEvents(part: Json, place: Json): Json[] {
  const { type, text, refusal, annotations = [] } = part
  const words = String(text ?? refusal)
  const name = type === 'refusal' ? 'refusal' : 'output_text'
  const logprobs = type === 'refusal' ? {} : { logprobs: [] }
  return [
    { type: 'response.content_part.added', ...place, part: { ...part, [text === undefined ? 'refusal' : 'text']: '' } },
    ...halves(words).map((delta) => ({ type: `response.${name}.delta`, ...place, delta, ...logprobs, obfuscation: 'x7Gq' })),
    ...(annotations as readonly Json[]).map((annotation, index) => ({
      type: 'response.output_text.annotation.added',
      ...place,
      annotation_index: index,
      annotation,
    })),
    { type: `response.${name}.done`, ...place, [type === 'refusal' ? 'refusal' : 'text']: words, ...logprobs },
    { type: 'response.content_part.done', ...place, part },
  ]
}
