import { httpChunk, lastChunk, paddingAt, streamHead, wordAt } from './answers.ts'

const usage = {
  input_tokens: 25,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 200,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 225,
}

/** As long as OpenAI's own. */
const digits = '0123456789abcdef'.repeat(4).slice(0, 50)
const item = { id: `msg_${digits}`, type: 'message', role: 'assistant', status: 'completed' }
const place = { item_id: item.id, output_index: 0, content_index: 0 }

/** What a response tells of how it was asked, in its first events and its last. */
const asked = {
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'default',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
  metadata: {},
}

/** Events of such a stream that say nothing new: four before its words, and four behind them. */
export const RESPONSE_EVENTS_AROUND = 8

/** A stream of `length` events that say something, as OpenAI's responses API sends it, from head to end. */
export function responsesStream(model: string, length: number): Buffer {
  const head = { id: `resp_${digits}`, object: 'response', created_at: 1_750_000_000 }
  const begun = { ...head, status: 'in_progress', model, output: [], usage: null, ...asked }
  const text = Array.from({ length }, (_, index) => wordAt(index)).join('')
  const part = { type: 'output_text', annotations: [], logprobs: [] }
  const whole = { ...item, content: [{ ...part, text }] }
  let number = 0
  const event = (type: string, fields: object): Buffer => {
    const data = JSON.stringify({ type, sequence_number: number, ...fields })
    number += 1
    return httpChunk(`event: ${type}\ndata: ${data}\n\n`)
  }
  return Buffer.concat([
    streamHead,
    event('response.created', { response: begun }),
    event('response.in_progress', { response: begun }),
    event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }),
    event('response.content_part.added', { ...place, part: { ...part, text: '' } }),
    ...Array.from({ length }, (_, index) =>
      event('response.output_text.delta', {
        ...place,
        delta: wordAt(index),
        logprobs: [],
        obfuscation: paddingAt(index, 'x'),
      }),
    ),
    event('response.output_text.done', { ...place, text, logprobs: [] }),
    event('response.content_part.done', { ...place, part: { ...part, text } }),
    event('response.output_item.done', { output_index: 0, item: whole }),
    event('response.completed', { response: { ...begun, status: 'completed', output: [whole], usage } }),
    lastChunk,
  ])
}
