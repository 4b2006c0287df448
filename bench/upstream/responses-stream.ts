import { httpChunk, lastChunk, streamHead, wordAt } from './answers.ts'

const usage = {
  input_tokens: 25,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 200,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 225,
}
const item = { id: 'msg_bench', type: 'message', role: 'assistant', status: 'completed' }
const place = { item_id: item.id, output_index: 0, content_index: 0 }

/** A stream of `length` events that say something, as OpenAI's responses API sends it, from head to end. */
export function responsesStream(model: string, length: number): Buffer {
  const response = { id: 'resp_bench', object: 'response', created_at: 1_750_000_000, model, output: [] }
  const text = Array.from({ length }, (_, index) => wordAt(index)).join('')
  const whole = { ...item, content: [{ type: 'output_text', text, annotations: [], logprobs: [] }] }
  let number = 0
  const event = (type: string, fields: object): Buffer => {
    const data = JSON.stringify({ type, sequence_number: number, ...fields })
    number += 1
    return httpChunk(`event: ${type}\ndata: ${data}\n\n`)
  }
  return Buffer.concat([
    streamHead,
    event('response.created', { response: { ...response, status: 'in_progress' } }),
    event('response.in_progress', { response: { ...response, status: 'in_progress' } }),
    event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }),
    ...Array.from({ length }, (_, index) =>
      event('response.output_text.delta', { ...place, delta: wordAt(index), logprobs: [] }),
    ),
    event('response.output_text.done', { ...place, text, logprobs: [] }),
    event('response.output_item.done', { output_index: 0, item: whole }),
    event('response.completed', { response: { ...response, status: 'completed', output: [whole], usage } }),
    lastChunk,
  ])
}
