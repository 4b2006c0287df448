import type { Json } from '../../json.ts'
import type { MessageEvent, MessageObject } from './shapes.ts'

/**
 * The message that events come to, put together as Anthropic's SDKs do, and stricter: events in an order that the API does not
 * have are an error.
 */
export function told(events: readonly MessageEvent[]): MessageObject {
  let message: MessageObject | undefined
  let open: number | undefined
  let json = ''
  let ended = false
  for (const event of events) {
    check(!ended, `${event.type} after the end`)
    if (event.type === 'message_start') {
      check(message === undefined, 'a second beginning')
      message = structuredClone(event.message)
      continue
    }
    if (message === undefined) throw new Error(`${event.type} before the beginning`)
    switch (event.type) {
      case 'ping':
        break
      case 'content_block_start':
        check(open === undefined && event.index === message.content.length, `block ${event.index} begins out of turn`)
        message.content.push({ ...event.content_block })
        open = event.index
        json = ''
        break
      case 'content_block_delta':
        check(open === event.index, `a piece of block ${event.index}, which is not open`)
        json += addTo(message.content[event.index] ?? { type: '' }, event.delta)
        break
      case 'content_block_stop': {
        check(open === event.index, `the end of block ${event.index}, which is not open`)
        const block = message.content[event.index]
        if (block?.type === 'tool_use') block['input'] = JSON.parse(json === '' ? '{}' : json)
        open = undefined
        break
      }
      case 'message_delta':
        check(open === undefined, 'an end within a block')
        Object.assign(message, event.delta, { usage: event.usage })
        break
      case 'message_stop':
        check(message.stop_reason !== null, 'an end without a reason')
        ended = true
    }
  }
  if (message === undefined || !ended) throw new Error('no end')
  return message
}

const check = (holds: boolean, says: string): void => {
  if (!holds) throw new Error(says)
}

/** @returns what of the piece is JSON. */
function addTo(block: Record<string, unknown>, { type, ...delta }: Json & { type: string }): string {
  if (type === 'input_json_delta') return String(delta['partial_json'])
  for (const [field, words] of Object.entries(delta)) block[field] = String(block[field]) + String(words)
  return ''
}
