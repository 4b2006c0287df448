import { httpChunk, lastChunk, paddingAt, streamHead, wordAt } from './answers.ts'

const usage = { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }

/** Events of such a stream that say nothing new: three before its words, and three behind them. */
export const MESSAGE_EVENTS_AROUND = 6

/** A stream of `length` events that say something, as Anthropic's Messages API sends it, from head to end. */
export function anthropicStream(model: string, length: number): Buffer {
  const message = { id: 'msg_bench', type: 'message', role: 'assistant', model, content: [], stop_reason: null }
  let number = 0
  // Blanks before the last brace hide how long the words are.
  const event = (type: string, fields: object): Buffer => {
    const data = JSON.stringify({ type, ...fields }).slice(0, -1)
    number += 1
    return eventOf(type, `${data}${paddingAt(number, ' ')}}`)
  }
  const texts = (): Buffer[] =>
    Array.from({ length }, (_, index) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: wordAt(index) } }),
    )
  const delta = { stop_reason: 'end_turn', stop_sequence: null }
  return Buffer.concat([
    streamHead,
    event('message_start', { message: { ...message, stop_sequence: null, usage: { ...usage, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    eventOf('ping', '{"type": "ping"}'),
    ...texts(),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta, usage: { ...usage, output_tokens: length } }),
    event('message_stop', {}),
    lastChunk,
  ])
}

const eventOf = (type: string, data: string): Buffer => httpChunk(`event: ${type}\ndata: ${data}\n\n`)
