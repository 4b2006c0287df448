import { httpChunk, lastChunk, streamHead, wordAt } from './answers.ts'

const usage = { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }

/** A stream of `length` events that say something, as Anthropic's Messages API sends it, from head to end. */
export function anthropicStream(model: string, length: number): Buffer {
  const message = { id: 'msg_bench', type: 'message', role: 'assistant', model, content: [], stop_reason: null }
  const texts = Array.from({ length }, (_, index) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: wordAt(index) } }),
  )
  const delta = { stop_reason: 'end_turn', stop_sequence: null }
  return Buffer.concat([
    streamHead,
    event('message_start', { message: { ...message, stop_sequence: null, usage: { ...usage, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
    ...texts,
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta, usage: { ...usage, output_tokens: length } }),
    event('message_stop', {}),
    lastChunk,
  ])
}

const event = (type: string, fields: object): Buffer =>
  httpChunk(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
