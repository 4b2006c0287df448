import { EventStreamCutter, type EventStreamMessage } from '../../bytes/event-stream.ts'
import { isRecord, type Json } from '../../json.ts'
import { MessageStreamTranslator } from '../anthropic/message-stream.ts'
import type { Emit, FrameTranslator } from '../provider.ts'
import { readEvent } from '../translated/read-event.ts'
import { usageAsClaude } from './converse-as-message.ts'
import { exceptionIn } from './event-stream.ts'

/** Each event under its name, which Converse tells beside it. */
function converseFrame(message: EventStreamMessage): Buffer {
  const { kind, type, payload } = message
  if (kind !== 'event') return Buffer.from(`data: ${JSON.stringify({ exception: exceptionIn(message) })}\n\n`)
  return Buffer.from(`data: {"${type}":${payload.toString('utf8').replaceAll(/[\r\n]/g, ' ')}}\n\n`)
}

export const converseCutter = (limit?: number): EventStreamCutter => new EventStreamCutter(converseFrame, limit)

/**
 * Turns the events of Converse's stream into OpenAI's. They are Anthropic's under other names, but for the counts, which come
 * behind the reason why it stopped.
 *
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export class ConverseStreamTranslator implements FrameTranslator {
  readonly #messages: MessageStreamTranslator
  /** Blocks that are thoughts: nothing announces them. */
  readonly #thoughts = new Set<unknown>()
  #stopReason: unknown

  constructor(...made: ConstructorParameters<typeof MessageStreamTranslator>) {
    this.#messages = new MessageStreamTranslator(...made)
  }

  get outputTokens(): number {
    return this.#messages.outputTokens
  }

  frame(frame: Buffer, emit: Emit): void {
    const event = readEvent(frame, emit, never)
    if (event === undefined) return
    for (const [type, said] of Object.entries(event)) {
      if (isRecord(said)) for (const each of this.#asMessageEvents(type, said)) this.#messages.event(each, emit)
    }
  }

  end(emit: Emit): void {
    // Whoever has said why it stopped has said all, if not how much that was.
    if (this.#stopReason !== undefined) for (const each of this.#finish({})) this.#messages.event(each, emit)
  }

  #asMessageEvents(type: string, said: Json): Json[] {
    const index = said['contentBlockIndex']
    switch (type) {
      case 'messageStart':
        return [{ type: 'message_start', message: {} }]
      case 'contentBlockStart':
        return start(index, said['start'])
      case 'contentBlockDelta':
        return isRecord(said['delta']) ? this.#delta(index, said['delta']) : []
      case 'contentBlockStop':
        return [{ type: 'content_block_stop', index }]
      case 'messageStop':
        this.#stopReason = said['stopReason']
        return []
      case 'metadata':
        return this.#finish(usageAsClaude(said['usage']))
      case 'exception':
        return [{ type: 'error', error: said }]
    }
    return []
  }

  #delta(index: unknown, { text, toolUse, reasoningContent }: Json): Json[] {
    if (typeof text === 'string') return [deltaOf(index, { type: 'text_delta', text })]
    if (isRecord(toolUse)) return [deltaOf(index, { type: 'input_json_delta', partial_json: toolUse['input'] })]
    if (!isRecord(reasoningContent)) return []
    const begins = this.#thoughts.has(index)
      ? []
      : [{ type: 'content_block_start', index, content_block: { type: 'thinking', thinking: '' } }]
    this.#thoughts.add(index)
    const { text: thinking, signature } = reasoningContent
    const delta =
      signature === undefined ? { type: 'thinking_delta', thinking } : { type: 'signature_delta', signature }
    return [...begins, deltaOf(index, delta)]
  }

  #finish(usage: Json): Json[] {
    const stopReason = this.#stopReason
    this.#stopReason = undefined
    const told = { type: 'message_delta', delta: { stop_reason: stopReason }, usage }
    return stopReason === undefined ? [told] : [told, { type: 'message_stop' }]
  }
}

const start = (index: unknown, begun: unknown): Json[] => {
  const tool = isRecord(begun) ? begun['toolUse'] : undefined
  if (!isRecord(tool)) return []
  const block = { type: 'tool_use', id: tool['toolUseId'], name: tool['name'], input: {} }
  return [{ type: 'content_block_start', index, content_block: block }]
}

const deltaOf = (index: unknown, delta: Json): Json => ({ type: 'content_block_delta', index, delta })

/** Arguments come as texts. */
const never = (): boolean => false
